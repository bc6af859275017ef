package io.kvcluster.node.simulation;

import io.kvcluster.node.NodeRules;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.coordinator.Coordination;
import io.kvcluster.node.coordinator.OperationEvents;
import io.kvcluster.node.repair.Repair;
import io.kvcluster.node.repair.RepairEvents;
import io.kvcluster.node.repair.RepairSetup;
import io.kvcluster.node.replica.EpochGate;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.RecordsAround;
import io.kvcluster.node.storage.Store;
import io.kvcluster.node.storage.StoreIdentity;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.node.version.Sibling;
import io.kvcluster.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rules given, with a line in the story for each record that a replica appends, and for its end. Changes nothing. */
final class WatchedRules implements NodeRules {
    private static final int NAME = 8;

    private final NodeRules rules;
    private final SimCluster cluster;
    private final SimMachine machine;

    WatchedRules(NodeRules rules, SimMachine machine) {
        this.rules = rules;
        this.cluster = machine.cluster;
        this.machine = machine;
    }

    private static String text(byte[] encoded) {
        KeyRecord record = RecordCodec.decode(encoded);
        return record.siblings().stream().map(WatchedRules::text).toList() + " seen " + record.context();
    }

    private static String text(Sibling sibling) {
        byte[] value = sibling.value();
        String name = sibling.tombstone()
                ? "tombstone"
                : new String(value, 0, Math.min(NAME, value.length), StandardCharsets.UTF_8).strip();
        return name + " " + sibling.dot();
    }

    @Override
    public RecordStore records(Store store) {
        RecordStore records = rules.records(store);
        return new RecordsAround(records) {
            @Override
            public void append(
                    int partition, Key key, byte[] meta, byte[] record, long hlc, Consumer<AppendResult> done) {
                cluster.trace.say(machine.name, () -> "appends " + key + " = " + text(record));
                records.append(partition, key, meta, record, hlc, result -> {
                    cluster.trace.say(machine.name, () -> "append of " + key + " ends " + result);
                    done.accept(result);
                });
            }

            @Override
            public void distrust(int partition, Loop caller, Runnable durable) {
                cluster.trace.say(machine.name, () -> "empties partition " + partition);
                Ring ring = machine.ring();
                // a store that joins has given away what it held
                machine.emptied |=
                        ring == null || !ring.joins(partition, store.identity().storeIdText());
                records.distrust(partition, caller, durable);
            }
        };
    }

    @Override
    public Actor actor(StoreIdentity identity) {
        return rules.actor(identity);
    }

    @Override
    public boolean showsDurableOnly() {
        return rules.showsDurableOnly();
    }

    @Override
    public Repair repair(RepairSetup setup, RepairEvents events) {
        return rules.repair(setup, events);
    }

    @Override
    public EpochGate gate(Supplier<@Nullable Ring> rings, String storeId) {
        return rules.gate(rings, storeId);
    }

    @Override
    public Coordination coordination(Coordination.Setup setup, OperationEvents events) {
        return rules.coordination(setup, events);
    }
}
