package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeRules;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.coordinator.Coordination;
import io.kvcluster.node.coordinator.OperationEvents;
import io.kvcluster.node.coordinator.WeakenedCoordination;
import io.kvcluster.node.repair.ForgetsByTimer;
import io.kvcluster.node.repair.Repair;
import io.kvcluster.node.repair.RepairEvents;
import io.kvcluster.node.repair.RepairSetup;
import io.kvcluster.node.replica.EpochGate;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.Store;
import io.kvcluster.node.storage.StoreIdentity;
import io.kvcluster.node.version.Actor;
import io.kvcluster.ring.Ring;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rules of the design, each with one taken away: a simulation that does not notice proves nothing. */
enum SeededFault {
    SKIP_FSYNC(NodeRules.DESIGNED, Simulation.Sabotage.NO_FSYNC),
    ACKNOWLEDGE_BEFORE_FSYNC(new NodeRules() {
        @Override
        public RecordStore records(Store store) {
            return new EarlyRecords(store, true);
        }
    }),
    SHOW_BEFORE_FSYNC(new NodeRules() {
        @Override
        public RecordStore records(Store store) {
            return new EarlyRecords(store, false);
        }

        @Override
        public boolean showsDurableOnly() {
            return false;
        }
    }),
    DROP_HINTS(new NodeRules() {
        @Override
        public Repair repair(RepairSetup setup, RepairEvents events) {
            return new Repair(setup, events) {
                @Override
                public void missed(int partition, Key key, byte[] record, long hlc, String storeId) {}
            };
        }
    }),
    DROP_TOMBSTONES_BY_TIMER(ForgetsByTimer.RULES),
    /** All stores stamp as one actor. */
    REUSE_A_DOT(new NodeRules() {
        @Override
        public Actor actor(StoreIdentity identity) {
            return new Actor(1, 1);
        }
    }),
    SKIP_VERSION_QUESTION(new NodeRules() {
        @Override
        public Coordination coordination(Coordination.Setup setup, OperationEvents events) {
            return WeakenedCoordination.withoutVersionQuestion(setup, events);
        }
    }),
    SKIP_WRITE_BACK(new NodeRules() {
        @Override
        public Coordination coordination(Coordination.Setup setup, OperationEvents events) {
            return WeakenedCoordination.withoutWriteBack(setup, events);
        }
    }),
    REFUSE_NO_STALE_EPOCH(new NodeRules() {
        @Override
        public EpochGate gate(Supplier<@Nullable Ring> rings, String storeId) {
            return new EpochGate(rings, storeId) {
                @Override
                public @Nullable Refusal judge(int partition, long epoch) {
                    return super.judge(partition, Long.MAX_VALUE);
                }
            };
        }
    });

    private final NodeRules rules;
    private final Simulation.Sabotage sabotage;

    SeededFault(NodeRules rules) {
        this(rules, Simulation.Sabotage.NOTHING);
    }

    SeededFault(NodeRules rules, Simulation.Sabotage sabotage) {
        this.rules = rules;
        this.sabotage = sabotage;
    }

    Simulation.Result run(long seed) {
        return Simulation.run(SimPlan.of(seed), rules, sabotage, false);
    }
}
