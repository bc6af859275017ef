package io.kvcluster.operator.resources;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void withoutZonesTheStatefulSetIsNamedLikeTheCluster() {
        assertThat(Names.statefulSet("demo", "")).isEqualTo("demo");
        assertThat(Names.claim(Names.pod("demo", 2))).isEqualTo("data-demo-2");
    }

    @Test
    void aZoneIsReadableInTheName() {
        assertThat(Names.statefulSet("demo", "zone-a")).matches("demo-zone-a-[0-9a-f]{4}");
        assertThat(Names.statefulSet("demo", "EU_West.1a")).matches("demo-eu-west-1a-[0-9a-f]{4}");
    }

    @Test
    void zonesThatReadTheSameHaveDifferentNames() {
        assertThat(Names.statefulSet("demo", "europe-west1-a"))
                .isNotEqualTo(Names.statefulSet("demo", "europe-west1-b"));
        assertThat(Names.statefulSet("demo", "A")).isNotEqualTo(Names.statefulSet("demo", "a"));
    }

    /** Pod names are host names, and the controller's revision label has eleven characters more: both at most 63. */
    @Property(tries = 500)
    void everyNameIsADnsLabelWithRoomForTheRevision(
            @ForAll @AlphaChars @NumericChars @Chars({'-', '_', '.'}) @StringLength(min = 1, max = 63) String zone,
            @ForAll @CharRange(from = 'a', to = 'z') @StringLength(min = 1, max = 30) String cluster) {
        String name = Names.statefulSet(cluster, zone);
        assertThat(name).matches("[a-z]([-a-z0-9]*[a-z0-9])?").hasSizeLessThanOrEqualTo(63 - 11);
        assertThat(Names.pod(name, 255)).hasSizeLessThanOrEqualTo(63);
    }
}
