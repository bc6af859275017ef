package io.kvcluster.node.repair;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.peer.PeerRequestHandler;
import io.kvcluster.node.replica.RepairSide;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.peer.PeerMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/** The room's front. Not final: tests take parts of it away to see that they are needed. */
public class Repair {
    private final RepairSetup setup;
    private final List<PartitionRepair> partitions = new ArrayList<>();
    private final List<LoopRepair> loops = new ArrayList<>();
    private final Hints hints;
    private final RepairRequests requests;

    public Repair(RepairSetup setup, RepairEvents events) {
        this.setup = setup;
        long now = setup.clock().nanos();
        long spread = setup.config().startSpread().toNanos();
        for (RepairSide side : setup.sides()) {
            long firstDue = now + (spread == 0 ? 0 : setup.random().nextLong(spread));
            partitions.add(new PartitionRepair(setup, events, side, firstDue));
        }
        int count = setup.loops().size();
        for (int number = 0; number < count; number++) {
            List<PartitionRepair> ofLoop = new ArrayList<>();
            for (int partition = number; partition < partitions.size(); partition += count) {
                ofLoop.add(partitions.get(partition));
            }
            loops.add(new LoopRepair(number, setup, events, ofLoop, this::markDirty));
        }
        this.hints = new Hints(setup, events);
        this.requests = new RepairRequests(setup, partitions::get);
    }

    /** Any thread, once. */
    public void start() {
        onEach(LoopRepair::start);
    }

    /** Any thread. */
    public void stop() {
        onEach(LoopRepair::stop);
    }

    private void onEach(Consumer<LoopRepair> task) {
        for (int i = 0; i < loops.size(); i++) {
            LoopRepair each = loops.get(i);
            setup.loops().get(i).post(() -> task.accept(each));
        }
    }

    /** Serves repair's messages, and hands all others on. */
    public PeerRequestHandler before(PeerRequestHandler others) {
        return (from, messages, responder) -> {
            int ours = 0;
            for (PeerMessage message : messages) {
                ours += RepairRequests.isOurs(message) ? 1 : 0;
            }
            if (ours == 0) {
                others.handle(from, messages, responder);
                return;
            }
            requests.handle(
                    from, messages.stream().filter(RepairRequests::isOurs).toList(), responder);
            if (ours < messages.size()) {
                others.handle(
                        from,
                        messages.stream()
                                .filter(message -> !RepairRequests.isOurs(message))
                                .toList(),
                        responder);
            }
        };
    }

    /** A write met its quorum and this store missed it. On the partition's loop. */
    public void missed(int partition, Key key, byte[] record, long hlc, String storeId) {
        hints.missed(partitions.get(partition), key, record, hlc, storeId, loopOf(partition));
    }

    /** The partition here and that store's may differ: exchange soon. Any thread. */
    public void markDirty(int partition, String storeId) {
        loopOf(partition).post(() -> partitions.get(partition).markDirty(storeId));
    }

    /**
     * Exchanges of the chosen partitions with every other replica are due now. Any thread.
     *
     * @param full before, every record is read back from the disk, those that are damaged are fetched, and trees are built again
     */
    public void repairNow(IntPredicate chosen, boolean full) {
        onEach(loop -> loop.repairNow(chosen, full));
    }

    /** The key's bytes on this disk are bad: another replica gives them. On the partition's loop. */
    public void damaged(int partition, Key key) {
        partitions.get(partition).side().corrupt(key);
    }

    /** Every partition that is held, after all that was asked for before. Any thread. @param done on a core loop */
    public void describe(Consumer<List<PartitionReport>> done) {
        describe(0, new ArrayList<>(), done);
    }

    private void describe(int number, List<PartitionReport> found, Consumer<List<PartitionReport>> done) {
        if (number == loops.size()) {
            found.sort(Comparator.comparingInt(PartitionReport::partition));
            done.accept(found);
            return;
        }
        setup.loops().get(number).post(() -> {
            found.addAll(loops.get(number).describe());
            describe(number + 1, found, done);
        });
    }

    /** Ends exchanges that this node drives, whose pairs are tried again later, and scrubs. Any thread. */
    public void cancel() {
        onEach(LoopRepair::cancel);
    }

    /** The partition's index was rebuilt. On the partition's loop. */
    public void indexRebuilt(int partition) {
        partitions.get(partition).side().indexRebuilt();
    }

    /** Any thread. */
    public RepairReport report() {
        RepairReport sum = RepairReport.EMPTY;
        for (LoopRepair loop : loops) {
            sum = sum.plus(loop.report());
        }
        return sum;
    }

    private Loop loopOf(int partition) {
        return setup.loops().get(partition % setup.loops().size());
    }
}
