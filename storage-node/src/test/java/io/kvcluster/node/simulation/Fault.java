package io.kvcluster.node.simulation;

import java.util.List;

/** What can go wrong. A seed draws some of them, so that rare combinations are not drowned by frequent ones. */
enum Fault {
    KILL,
    POWER_CUT,
    /** All machines lose power at once. */
    BLACKOUT,
    STOP,
    /** A machine is off until the faults stop. */
    OUTAGE,
    PAUSE,
    PARTITION,
    PARTITION_ONE_WAY,
    BREAK_LINKS,
    SLOW_LINK,
    CLOCK_JUMP,
    SLOW_DISK,
    FULL_DISK,
    FSYNC_ERROR,
    BIT_FLIP,
    LOST_DISK;

    /** Those that end no process and refuse no write. */
    static final List<Fault> GENTLE =
            List.of(PAUSE, PARTITION, PARTITION_ONE_WAY, BREAK_LINKS, SLOW_LINK, CLOCK_JUMP, SLOW_DISK);
}
