package io.kvcluster.crd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvcluster.crd.SpecTable.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table itself; the verdicts are checked where API servers are. */
class SpecTableTest {
    static List<SpecTable.Case> accepted() {
        return SpecTable.load().cases().stream()
                .filter(row -> row.verdict() == Verdict.ACCEPTED)
                .toList();
    }

    @Test
    void eachRefusalSaysWhatTheMessageNames() {
        assertThat(SpecTable.load().cases())
                .filteredOn(row -> row.verdict() == Verdict.REFUSED)
                .hasSizeGreaterThan(40)
                .allSatisfy(row -> assertThat(row.message()).isNotEmpty());
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void eachAcceptedSpecIsReadable(SpecTable.Case row) {
        assertThatCode(() -> Serialization.unmarshal(Serialization.asYaml(row.spec()), KvClusterSpec.class))
                .doesNotThrowAnyException();
    }
}
