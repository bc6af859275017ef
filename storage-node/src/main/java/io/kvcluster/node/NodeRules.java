package io.kvcluster.node;

import io.kvcluster.node.coordinator.Coordination;
import io.kvcluster.node.coordinator.OperationEvents;
import io.kvcluster.node.repair.Repair;
import io.kvcluster.node.repair.RepairEvents;
import io.kvcluster.node.repair.RepairSetup;
import io.kvcluster.node.replica.EpochGate;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.Store;
import io.kvcluster.node.storage.StoreIdentity;
import io.kvcluster.node.version.Actor;
import io.kvcluster.ring.Ring;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a {@link NodeCore} that keep the safety rules of the design. {@link #DESIGNED} is what ships; tests override one
 * to see that a run without that rule is caught.
 */
public interface NodeRules {
    NodeRules DESIGNED = new NodeRules() {};

    /** What replicas write to and read from: nothing is acknowledged or shown before it is durable. */
    default RecordStore records(Store store) {
        return store;
    }

    /** A question that meets a version on its way to the disk waits: nobody sees what a power cut may take back. */
    default boolean showsDurableOnly() {
        return true;
    }

    /** Who stamps: another actor after each unclean end, so that no dot is given twice. */
    default Actor actor(StoreIdentity identity) {
        return new Actor(identity.storeId(), identity.incarnation());
    }

    /** Under which ring a replica acts. */
    default EpochGate gate(Supplier<@Nullable Ring> rings, String storeId) {
        return new EpochGate(rings, storeId);
    }

    /** What makes replicas equal again. */
    default Repair repair(RepairSetup setup, RepairEvents events) {
        return new Repair(setup, events);
    }

    /** What levels mean. */
    default Coordination coordination(Coordination.Setup setup, OperationEvents events) {
        return new Coordination(setup, events);
    }
}
