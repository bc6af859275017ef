package io.kvcluster.node.repair;

import io.kvcluster.node.peer.Peers;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.HintLog;
import io.kvcluster.node.storage.Scrub;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What repair is joined to.
 *
 * @param rings the ring in use, null before the first; any thread
 * @param sides by partition
 * @param loops partition p belongs to loop p mod size; each is one of the peers' asking loops
 * @param random for this room alone; used on the thread that makes the room
 */
public record RepairSetup(
        String storeId,
        Clock clock,
        Supplier<@Nullable Ring> rings,
        List<RepairSide> sides,
        List<Loop> loops,
        Peers peers,
        HintLog hints,
        Scrub scrub,
        RandomGenerator random,
        RepairConfig config) {
    public RepairSetup {
        sides = List.copyOf(sides);
        loops = List.copyOf(loops);
    }
}
