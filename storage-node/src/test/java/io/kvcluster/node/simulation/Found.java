package io.kvcluster.node.simulation;

import java.util.EnumSet;

/** Plans that showed a bug. A plan stands here whole, so that it means the same whatever {@link SimPlan#of} draws later. */
enum Found {
    /** A read at all let one replica hold its answer; the next read, at quorum, did not ask that one. */
    READ_AT_ALL_KEPT_BY_ONE_REPLICA(new SimPlan(
            41,
            3,
            1,
            Policy.LAST_WRITER_WINS,
            EnumSet.of(Fault.STOP, Fault.BREAK_LINKS, Fault.SLOW_DISK, Fault.FULL_DISK),
            217,
            1480,
            0,
            0,
            4,
            7,
            120,
            30,
            false,
            SimPlan.Upkeep.USUAL)),
    /**
     * A full disk refused the coordinator's own append after the stamped record was sent. It forgot the dot, the context of its
     * next stamp on the key covered it, and under Siblings a write that the others had acknowledged was gone.
     */
    WHAT_A_FULL_DISK_REFUSED_WAS_COVERED_BY_THE_NEXT_STAMP(new SimPlan(
            157,
            5,
            1,
            Policy.SIBLINGS,
            EnumSet.of(Fault.SLOW_DISK, Fault.FULL_DISK, Fault.FSYNC_ERROR),
            140,
            457,
            0,
            0,
            3,
            10,
            120,
            30,
            false,
            SimPlan.Upkeep.USUAL)),
    THE_SAME_WITH_THREE_NODES(new SimPlan(
            186,
            3,
            2,
            Policy.SIBLINGS,
            EnumSet.of(Fault.FULL_DISK, Fault.FSYNC_ERROR, Fault.BIT_FLIP),
            153,
            823,
            0,
            0,
            3,
            11,
            120,
            30,
            false,
            SimPlan.Upkeep.USUAL)),
    /** A ring with other quorums came while a suspect replica was healed: it forgot who had vouched, and asked nobody again for 10 minutes. */
    A_RING_CAME_WHILE_A_REPLICA_WAS_HEALED(new SimPlan(
            893,
            3,
            2,
            Policy.CUSTOM,
            EnumSet.of(Fault.KILL, Fault.PARTITION, Fault.PARTITION_ONE_WAY, Fault.BIT_FLIP),
            69,
            0,
            177,
            0,
            5,
            8,
            120,
            30,
            false,
            new SimPlan.Upkeep(SimPlan.Upkeep.SELDOM, 1_498, 3 * 3_600_000, 1))),
    /** A damaged record with a sibling that no other replica had: exchanges of its partition failed for ever. */
    NOBODY_COULD_REPLACE_A_DAMAGED_RECORD(new SimPlan(
            307,
            3,
            2,
            Policy.SIBLINGS,
            EnumSet.of(
                    Fault.BLACKOUT, Fault.STOP, Fault.OUTAGE, Fault.PARTITION_ONE_WAY, Fault.FULL_DISK, Fault.BIT_FLIP),
            97,
            1_085,
            448,
            4_431,
            2,
            8,
            120,
            30,
            true,
            new SimPlan.Upkeep(SimPlan.Upkeep.SELDOM, 556, 3 * 3_600_000, 1))),
    /** The last exchange told the watermark to two of three: the third kept an expired key until its next exchange, 10 minutes later. */
    ONE_REPLICA_HEARD_NOTHING_OF_THE_WATERMARK(new SimPlan(
            4637,
            3,
            2,
            Policy.LAST_WRITER_WINS,
            EnumSet.of(Fault.PARTITION, Fault.FULL_DISK),
            222,
            0,
            422,
            0,
            5,
            6,
            120,
            30,
            false,
            new SimPlan.Upkeep(SimPlan.Upkeep.SELDOM, 669, 3 * 3_600_000, 2))),
    /** A write at local was acknowledged by another replica's disk after the coordinator's own had refused it. */
    LOCAL_WAS_ACKNOWLEDGED_BY_ANOTHER_DISK(new SimPlan(
            702,
            3,
            1,
            Policy.CHANGING,
            EnumSet.of(Fault.KILL, Fault.POWER_CUT, Fault.OUTAGE, Fault.PARTITION, Fault.BREAK_LINKS, Fault.FULL_DISK),
            368,
            1_478,
            0,
            0,
            5,
            11,
            120,
            30,
            false,
            new SimPlan.Upkeep(109, 286, 1_184, 100))),
    /**
     * Siblings became last-writer-wins. Two replicas settled a key, were left with a tombstone and collected it; the third kept
     * the siblings, and the two took none of them back.
     */
    ONE_REPLICA_KEPT_WHAT_OTHERS_HAD_SETTLED_AND_COLLECTED(new SimPlan(
            815,
            3,
            1,
            Policy.CHANGING,
            EnumSet.of(Fault.BREAK_LINKS, Fault.CLOCK_JUMP),
            152,
            1_183,
            198,
            4_772,
            3,
            7,
            120,
            30,
            true,
            new SimPlan.Upkeep(103, 54, 3 * 3_600_000, 100)));

    final SimPlan plan;

    Found(SimPlan plan) {
        this.plan = plan;
    }
}
