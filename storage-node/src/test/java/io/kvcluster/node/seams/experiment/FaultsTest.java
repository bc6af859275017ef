package io.kvcluster.node.seams.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTest {
    @Test
    void anEmptyFileIsHealth() {
        assertThat(Faults.parse("")).isEqualTo(Faults.NONE);
        assertThat(Faults.parse("# nothing\n\n")).isEqualTo(Faults.NONE);
    }

    @Test
    void everyFaultIsReadByItsName() {
        Faults faults = Faults.parse("""
                clock.offset-millis=-1500
                clock.drift-ppm=200
                peers.cut=to
                peers.delay-millis=80
                peers.hosts=127.0.0.1, 127.0.0.2
                disk.free-bytes=0
                """);
        assertThat(faults)
                .isEqualTo(new Faults(
                        -1500, 200, Faults.Cut.TO, 80, Set.of("127.0.0.1", "127.0.0.2"), OptionalLong.of(0)));
        assertThat(faults.losesTo("127.0.0.2")).isTrue();
        assertThat(faults.losesFrom("127.0.0.2")).isFalse();
        assertThat(faults.losesTo("127.0.0.3")).isFalse();
        assertThat(faults.delayNanos("127.0.0.3")).isZero();
    }

    @Test
    void withoutHostsAllPeersAreMeant() {
        Faults faults = Faults.parse("peers.cut=from");
        assertThat(faults.losesFrom("anywhere")).isTrue();
        assertThat(faults.losesTo("anywhere")).isFalse();
        assertThat(faults.separates("anywhere")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            clock.offset=5          | clock.offset is no fault: known are
            clock.offset-millis=soon| clock.offset-millis is "soon": it must be a whole number from
            peers.delay-millis=-1   | peers.delay-millis is "-1": it must be a whole number from 0 to 60000
            peers.cut=some          | peers.cut is "some": it must be none, to, from or both
            peers.hosts=a,,b        | peers.hosts is "a,,b": it must be * or addresses with commas
            disk.free-bytes=-5      | disk.free-bytes is "-5": it must be a whole number from 0
            """)
    void whatCannotBeUnderstoodIsRefusedWithFieldValueAndRule(String line, String message) {
        assertThatThrownBy(() -> Faults.parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
