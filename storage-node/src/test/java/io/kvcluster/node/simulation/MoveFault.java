package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeRules;
import io.kvcluster.node.coordinator.Coordination;
import io.kvcluster.node.coordinator.OperationEvents;
import io.kvcluster.node.coordinator.WeakenedCoordination;
import io.kvcluster.node.replica.EpochGate;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.RecordsAround;
import io.kvcluster.node.storage.Store;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MovePhase;
import io.kvcluster.proto.ring.Partition;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.change.CopyProof;
import io.kvcluster.ring.change.RingChange;
import io.kvcluster.ring.change.StoreReport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rules of a move, each with one taken away: a simulation that does not notice proves nothing. */
enum MoveFault {
    NONE,
    /** The old set is left as soon as the copies are proven: no ring in which the new one is read and both are written. */
    END_WRITE_BOTH_EARLY {
        @Override
        Ring published(Ring before, Ring after) {
            RingCheck made = RingChange.next(before, table -> {
                table.clearMembers().addAllMembers(after.members());
                table.setNextMemberIndex(after.table().getNextMemberIndex());
                for (int p = 0; p < before.partitions(); p++) {
                    Partition next = after.table().getPartitions(p);
                    boolean copied = next.hasMove()
                            && next.getMove().getPhase() == MovePhase.READ_NEW
                            && before.table().getPartitions(p).getMove().getPhase() == MovePhase.COPY;
                    table.setPartitions(
                            p,
                            copied
                                    ? next.toBuilder()
                                            .clearReplicas()
                                            .addAllReplicas(next.getMove().getReplicasList())
                                            .setRead(next.getMove().getRead())
                                            .setWrite(next.getMove().getWrite())
                                            .clearMove()
                                            .build()
                                    : next);
                }
            });
            return ((RingCheck.Valid) made).ring();
        }
    },
    /** Whoever is to get a partition is taken to have it, by the operator and by itself. */
    COUNT_A_JOINING_STORE {
        @Override
        StoreReport falsified(Ring ring, StoreReport report) {
            List<CopyProof> copies = new ArrayList<>();
            for (int p = 0; p < ring.partitions(); p++) {
                if (ring.moves(p) && ring.isTarget(p, report.storeId())) {
                    List<String> all =
                            ring.replicas(p).stream().map(Member::getStoreId).toList();
                    copies.add(new CopyProof(p, ring.copyEpoch(p), true, all, all));
                }
            }
            return with(report, report.epoch(), copies);
        }

        @Override
        NodeRules rules() {
            return new NodeRules() {
                @Override
                public RecordStore records(Store store) {
                    return new RecordsAround(store) {
                        @Override
                        public boolean suspect(int partition) {
                            return false;
                        }

                        @Override
                        public void distrust(int partition, Loop caller, Runnable durable) {
                            caller.post(durable);
                        }
                    };
                }
            };
        }
    },
    SKIP_BARRIER {
        @Override
        StoreReport falsified(Ring ring, StoreReport report) {
            return with(report, Long.MAX_VALUE, report.copies());
        }
    },
    WRITE_BACK_TO_ONE_SET {
        @Override
        NodeRules rules() {
            return new NodeRules() {
                @Override
                public Coordination coordination(Coordination.Setup setup, OperationEvents events) {
                    return WeakenedCoordination.writesBackToOldSetOnly(setup, events);
                }
            };
        }
    },
    WRITE_TO_ONE_SET {
        @Override
        NodeRules rules() {
            return new NodeRules() {
                @Override
                public Coordination coordination(Coordination.Setup setup, OperationEvents events) {
                    return WeakenedCoordination.acknowledgesByOldSetOnly(setup, events);
                }
            };
        }
    },
    ACCEPT_A_STALE_EPOCH {
        @Override
        NodeRules rules() {
            return new NodeRules() {
                @Override
                public EpochGate gate(Supplier<@Nullable Ring> rings, String storeId) {
                    return new EpochGate(rings, storeId) {
                        @Override
                        public @Nullable Refusal judge(int partition, long epoch) {
                            return super.judge(partition, Long.MAX_VALUE);
                        }
                    };
                }
            };
        }
    },
    /** A pod of that name said once that it owns nothing. */
    DRAIN_BY_NAME {
        @Override
        boolean takesForDrained(boolean heard, boolean nameOwnedNothing) {
            return nameOwnedNothing;
        }
    },
    UNKNOWN_IS_DRAINED {
        @Override
        boolean takesForDrained(boolean heard, boolean nameOwnedNothing) {
            return !heard;
        }
    };

    NodeRules rules() {
        return NodeRules.DESIGNED;
    }

    StoreReport falsified(Ring ring, StoreReport report) {
        return report;
    }

    Ring published(Ring before, Ring after) {
        return after;
    }

    boolean takesForDrained(boolean heard, boolean nameOwnedNothing) {
        return false;
    }

    private static StoreReport with(StoreReport report, long epoch, List<CopyProof> copies) {
        return new StoreReport(
                report.storeId(),
                report.incarnation(),
                report.live(),
                epoch,
                report.suspectPartitions(),
                report.diskFreeBytes(),
                report.logBytes(),
                copies);
    }
}
