package io.kvcluster.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.crd.Operation;
import io.kvcluster.operator.status.Operations.News;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OperationsTest {
    private static final String BEGIN = "2026-03-01T12:00:00Z";
    private static final Instant END = Instant.parse("2026-03-01T12:00:12Z");

    @Test
    void theBeginningAndTheEndAreNewsAndWhatIsBetweenIsNot() {
        Operation up = operation("ScaleUp", "6 members", 1L << 28, BEGIN);
        assertThat(Operations.news(null, up, END))
                .containsExactly(
                        new News("ScaleUp", "the ring is on its way to 6 members; status.operation tells how far"));
        assertThat(Operations.news(up, operation("ScaleUp", "6 members", 1L << 29, BEGIN), END))
                .isEmpty();
        assertThat(Operations.news(up, null, END))
                .containsExactly(new News(
                        "ScaleUpDone",
                        "the ring has 6 members: 48 copies, about 268435456 bytes, in 12 s (48 s per GiB)"));
        assertThat(Operations.news(null, null, END)).isEmpty();
    }

    @Test
    void anotherGoalIsNewsAndWhatItWasGivenUpForIsNotDone() {
        assertThat(Operations.news(
                        operation("ScaleUp", "6 members", 5, BEGIN),
                        operation("ScaleDown", "3 members", 5, BEGIN),
                        END))
                .extracting(News::reason)
                .containsExactly("ScaleDown");
    }

    @Test
    void aReplacementIsDoneWhenTheRingGoesOnWithSomethingElse() {
        Operation replace = operation("Replace", "4 members", 1L << 30, BEGIN);
        assertThat(Operations.news(replace, operation("ScaleUp", "4 members", 1L << 30, BEGIN), END))
                .containsExactly(new News(
                        "ReplaceDone",
                        "every partition has its copies again, without what was given up: 48 copies, about"
                                + " 1073741824 bytes, in 12 s (12 s per GiB)"));
        assertThat(Operations.news(replace, null, END)).extracting(News::reason).containsExactly("ReplaceDone");
        assertThat(Operations.news(replace, replace, END)).isEmpty();
    }

    @Test
    void whatIsNotKnownOfTheEffortIsLeftOut() {
        assertThat(done(0, BEGIN)).endsWith("48 copies, about 0 bytes, in 12 s");
        assertThat(done(5, null)).endsWith("48 copies, about 5 bytes");
        assertThat(done(0, "2026-03-01T12:00:13Z"))
                .as("a clock that was set back")
                .endsWith("in 0 s");
    }

    private static String done(long bytes, @Nullable String since) {
        return Operations.news(operation("ScaleUp", "6 members", bytes, since), null, END)
                .getFirst()
                .text();
    }

    private static Operation operation(String type, String goal, long bytesTotal, @Nullable String since) {
        return new Operation(type, goal, 0, 48, 48, 0, bytesTotal, 2, List.of(), List.of(), null, since);
    }
}
