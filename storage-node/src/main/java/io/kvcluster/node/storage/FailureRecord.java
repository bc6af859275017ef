package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Remembers, across restarts, when the disk failed. The third time within an hour the store has failed for good. */
final class FailureRecord {
    static final String NAME = "failures";
    static final int ALLOWED = 2;
    static final long WINDOW_MILLIS = 3_600_000;

    private FailureRecord() {}

    /** @param atMillis wall clock of recent failures. @param failed for good */
    record Failures(List<Long> atMillis, boolean failed, String lastWhy) {
        static final Failures NONE = new Failures(List.of(), false, "");

        Failures {
            atMillis = List.copyOf(atMillis);
        }

        Failures with(long nowMillis, String why) {
            List<Long> recent = new ArrayList<>(atMillis);
            recent.removeIf(at -> nowMillis - at > WINDOW_MILLIS);
            recent.add(nowMillis);
            return new Failures(recent, failed || recent.size() > ALLOWED, why);
        }
    }

    static Failures read(Disk disk) throws IOException, StoreException {
        return SmallFile.read(disk, NAME, Failures.class).orElse(Failures.NONE);
    }

    static void note(Disk disk, long nowMillis, String why) throws IOException, StoreException {
        SmallFile.write(disk, NAME, read(disk).with(nowMillis, why));
    }
}
