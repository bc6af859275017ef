package io.kvcluster.node.storage;

import java.util.Locale;

/**
 * How far a start has come.
 *
 * @param done of {@code total}, both in the unit of the phase (segments, partitions)
 * @param secondsLeft estimated; negative when nobody knows yet
 */
public record RecoveryProgress(Phase phase, long done, long total, double secondsLeft) {
    /** What a start does. */
    public enum Phase {
        READING_SEGMENTS,
        FILLING_PARTITIONS
    }

    /** @param nanos since the phase began */
    static RecoveryProgress of(Phase phase, long done, long total, long nanos) {
        return new RecoveryProgress(phase, done, total, done == 0 ? -1 : nanos / 1e9 * (total - done) / done);
    }

    @Override
    public String toString() {
        String what = phase == Phase.READING_SEGMENTS ? "segments read" : "partitions filled";
        String left = secondsLeft < 0 ? "" : String.format(Locale.ROOT, ", %.0f s left", secondsLeft);
        return done + " of " + total + " " + what + left;
    }
}
