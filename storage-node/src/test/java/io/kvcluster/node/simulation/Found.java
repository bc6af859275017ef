package io.kvcluster.node.simulation;

import java.util.EnumSet;

/** Plans that showed a bug. A plan stands here whole, so that it means the same whatever {@link SimPlan#of} draws later. */
enum Found {
    /** A read at all let one replica hold its answer; the next read, at quorum, did not ask that one. */
    READ_AT_ALL_KEPT_BY_ONE_REPLICA(new SimPlan(
            41,
            3,
            1,
            false,
            EnumSet.of(Fault.STOP, Fault.BREAK_LINKS, Fault.SLOW_DISK, Fault.FULL_DISK),
            217,
            1480,
            0,
            4,
            7,
            120,
            30));

    final SimPlan plan;

    Found(SimPlan plan) {
        this.plan = plan;
    }
}
