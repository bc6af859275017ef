package io.kvcluster.node.simulation;

import java.util.EnumSet;
import java.util.Set;

/** What some seed must reach, or the simulation shows less than it seems to. One name for each interesting branch. */
enum Mark {
    // operations
    READ_WROTE_BACK,
    READ_WITH_DIGEST_FETCHED_VALUES,
    WRITE_FORWARDED,
    WRITE_ENDED_UNKNOWN,
    READ_ENDED_UNKNOWN,
    REFUSED_TOO_FEW_REPLICAS,
    REFUSED_WITHOUT_RING,
    REFUSED_WHILE_STARTING,
    REFUSED_DISK_FULL,
    REFUSED_LOCAL_ELSEWHERE,
    REPLICA_CANNOT_SAY,
    CONFLICT_DISCARDED,
    SIBLINGS_RETURNED,
    SIBLINGS_RESOLVED_WITH_CONTEXT,
    DELETE_THEN_ABSENT,
    EXPIRED_THEN_ABSENT,
    DEFAULT_LEVEL_USED,
    MANY_SIBLINGS,
    REFUSED_TOO_MANY_SIBLINGS,
    RESOLVER_MERGED,
    RESOLVER_FAILED,
    // rings
    RING_FROM_OPERATOR,
    RING_FROM_PEER,
    RING_OF_LAST_LIFE,
    STALE_EPOCH_REFUSED,
    REQUEST_WAITED_FOR_RING,
    DEFAULT_LEVEL_CHANGED,
    POLICY_CHANGED,
    STARTED_UNDER_MIXED_POLICIES,
    // repair
    HINT_KEPT,
    HINT_GIVEN,
    HINT_GIVEN_UP,
    EXCHANGE_FOUND_EQUAL,
    EXCHANGE_REPAIRED,
    EXCHANGE_FAILED,
    EQUAL_BY_HINTS_ALONE,
    TOMBSTONE_COLLECTED_UNDER_LOAD,
    TOMBSTONE_COLLECTED,
    WRITE_BELOW_PROMISE,
    SUSPICION_ENDED,
    DAMAGED_RECORD_REPAIRED,
    SEGMENT_COMPACTED,
    // machines
    PROCESS_KILLED,
    POWER_CUT_IN_A_CALL,
    POWER_CUT_IN_RECOVERY,
    BLACKOUT,
    OUTAGE,
    WENT_ON_WITHOUT_ONE,
    STORE_FAILED,
    PAUSED_LONGER_THAN_SUSPICION,
    CLEAN_STOP,
    START_AFTER_CLEAN_STOP,
    TAIL_COPIED,
    TAIL_CUT,
    NEW_INCARNATION,
    SEGMENT_SEALED,
    FSYNC_FAILED,
    SEGMENT_DAMAGED,
    PARTITIONS_SUSPECT,
    DISK_LOST,
    CLOCK_JUMPED_BACK,
    // network
    PARTITIONED_ONE_WAY,
    LINK_BROKEN,
    LINK_SLOW,
    PEER_SEEN_DOWN,
    STORE_THAT_NO_RING_NAMES,
    // moves and healing
    COPIED,
    ARRIVED,
    CANCELLED,
    TURNED_BACK,
    CAME_BACK,
    JOINED,
    DRAINED,
    STAYED_AFTER_ALL,
    FACTOR_CHANGED,
    QUORUMS_CHANGED,
    DISK_LOST_WHILE_MOVING,
    LOST_DISK_REPLACED,
    LOST_DISK_HEALED,
    FAILED_DISK_REPLACED,
    ANOTHER_DISK_LOST_AFTER_HEALING,
    SILENT_GIVEN_UP,
    SILENT_ALIVE_GIVEN_UP,
    BACK_AND_STAYS,
    SILENT_REPLACED_EVERYWHERE,
    GAVE_AWAY_AFTER_ITS_RETURN,
    RETURNED_AND_JOINED_ANEW,
    BRAKE_ONE_AT_A_TIME,
    BRAKE_TOO_FEW_SOUND,
    BRAKE_SO_MANY_AN_HOUR;

    private static final Set<Mark> MOVES = EnumSet.range(COPIED, BRAKE_SO_MANY_AN_HOUR);

    /** Those that some of thousands of seeds reach, but not some of the few that every build runs. */
    private static final Set<Mark> RARE = EnumSet.of(
            REPLICA_CANNOT_SAY,
            REFUSED_TOO_MANY_SIBLINGS,
            TOMBSTONE_COLLECTED_UNDER_LOAD,
            SUSPICION_ENDED,
            PARTITIONS_SUSPECT,
            DAMAGED_RECORD_REPAIRED,
            TAIL_CUT,
            FSYNC_FAILED,
            STORE_FAILED,
            FAILED_DISK_REPLACED,
            ANOTHER_DISK_LOST_AFTER_HEALING,
            BRAKE_ONE_AT_A_TIME);

    /** What runs without moves may reach. */
    static Set<Mark> still() {
        return EnumSet.complementOf(EnumSet.copyOf(MOVES));
    }

    /** What runs with moves must reach beside it. */
    static Set<Mark> moves() {
        return EnumSet.copyOf(MOVES);
    }

    boolean isRare() {
        return RARE.contains(this);
    }
}
