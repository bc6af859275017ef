package io.kvcluster.node.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Reason;
import io.kvcluster.proto.kv.Consistency;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The enums of the wire and of room command say the same. */
class WireVocabularyTest {
    @Test
    void reasonsHaveTheSameNamesOnTheWireAndInside() {
        List<String> wire = Arrays.stream(io.kvcluster.proto.kv.Reason.values())
                .map(Enum::name)
                .filter(name -> !name.equals("UNRECOGNIZED") && !name.equals("REASON_UNSPECIFIED"))
                .toList();
        assertThat(Arrays.stream(Reason.values()).map(Enum::name)).containsExactlyElementsOf(wire);
    }

    @Test
    void everyReasonComesBackAsItself() {
        for (Reason reason : Reason.values()) {
            assertThat(Reasons.decode(Reasons.encode(reason))).isEqualTo(reason);
        }
    }

    @Test
    void aReasonOfANewerNodeIsInternal() {
        assertThat(Reasons.decode(io.kvcluster.proto.kv.Reason.UNRECOGNIZED)).isEqualTo(Reason.INTERNAL);
    }

    @Test
    void everyLevelComesBackAsItselfByNumberAndByName() {
        for (ConsistencyLevel level : ConsistencyLevel.values()) {
            Consistency wire = Levels.encode(level);
            assertThat(Levels.decode(wire, wire.getNumber())).isEqualTo(level);
            assertThat(Levels.parse(Levels.name(level))).isEqualTo(level);
            assertThat(RequestRules.LEVELS).contains(Levels.name(level));
        }
        assertThat(Levels.decode(Consistency.CONSISTENCY_UNSPECIFIED, 0)).isNull();
        assertThat(Levels.encode(null)).isEqualTo(Consistency.CONSISTENCY_UNSPECIFIED);
    }

    @Test
    void aNumberOrNameThatIsNoLevelIsRefusedWithTheListOfLevels() {
        var byNumber = catchThrowableOfType(RefusedException.class, () -> Levels.decode(Consistency.UNRECOGNIZED, 99));
        assertThat(byNumber.refusal().reason()).isEqualTo(Reason.INVALID_CONSISTENCY);
        assertThat(byNumber.refusal().value()).isEqualTo("99");
        var byName = catchThrowableOfType(RefusedException.class, () -> Levels.parse("sometimes"));
        assertThat(byName).hasMessageContaining("consistency 'sometimes'").hasMessageContaining(RequestRules.LEVELS);
    }

    @Test
    void aRefusalShortensAndCleansWhatItRepeats() {
        assertThat(Refusal.shorten("a\r\nb\u0000\ud800")).isEqualTo("a??b??");
        assertThat(Refusal.shorten("x".repeat(1_000_000)))
                .hasSize(Refusal.VALUE_CHARACTERS)
                .endsWith("...");
    }
}
