package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Repairs;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.repair.GetRepairResponse;
import io.kvcluster.proto.repair.RepairStatus;
import io.kvcluster.proto.repair.ScrubStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * How repair stands on every node that answers.
 *
 * @param told by name
 * @param silent names of nodes that did not answer, and why
 */
record RepairLook(Map<String, GetRepairResponse> told, Map<String, String> silent) {

    /** Asks all that are up, at once. */
    static RepairLook of(KvClient client, List<NodeView> nodes, Duration timeout, boolean withPartitions) {
        Repairs repairs = new Repairs(client, timeout);
        RepairLook look = new RepairLook(new LinkedHashMap<>(), new LinkedHashMap<>());
        ClusterLook.askAllUp(nodes, storeId -> repairs.look(storeId, withPartitions))
                .forEach((name, answer) -> {
                    switch (answer) {
                        case KvClient.Answer.Got(GetRepairResponse response) -> look.told.put(name, response);
                        case KvClient.Answer.Failed(String reason, String message) ->
                            look.silent.put(name, message + " [" + reason + "]");
                    }
                });
        return look;
    }

    /** What a node told; nothing but zeroes of one that did not. */
    RepairStatus status(String name) {
        return told.getOrDefault(name, GetRepairResponse.getDefaultInstance()).getRepair();
    }

    long sum(ToLongFunction<RepairStatus> figure) {
        return told.values().stream()
                .map(GetRepairResponse::getRepair)
                .mapToLong(figure)
                .sum();
    }

    /** The smallest, where 0 on some node means that it is not known. */
    private long oldest(ToLongFunction<RepairStatus> millis) {
        return told.values().stream()
                .map(GetRepairResponse::getRepair)
                .mapToLong(millis)
                .min()
                .orElse(0);
    }

    /** 0 without hints. */
    private long oldestHintMillis() {
        return told.values().stream()
                .mapToLong(node -> node.getRepair().getOldestHintEpochMillis())
                .filter(millis -> millis > 0)
                .min()
                .orElse(0);
    }

    /** Of a scrub. */
    long scrub(ToLongFunction<ScrubStatus> figure) {
        return sum(status -> figure.applyAsLong(status.getScrub()));
    }

    boolean scrubbing() {
        return scrub(ScrubStatus::getPartitionsLeft) > 0;
    }

    ObjectNode json() {
        ObjectNode json = Output.object();
        json.put("dirtyPairs", sum(RepairStatus::getDirtyPairs))
                .put("exchangesRunning", sum(RepairStatus::getRunningCount))
                .put("exchangesEqual", sum(RepairStatus::getExchangesEqual))
                .put("exchangesRepaired", sum(RepairStatus::getExchangesRepaired))
                .put("exchangesFailed", sum(RepairStatus::getExchangesFailed))
                .put("keysRepaired", sum(RepairStatus::getKeysRepaired))
                .put("bytesMoved", sum(RepairStatus::getBytesMoved))
                .put("lastRoundEpochMillis", oldest(RepairStatus::getOldestExchangeEpochMillis))
                .put("repairedUpToEpochMillis", oldest(RepairStatus::getRepairedUpToEpochMillis))
                .put("hints", sum(RepairStatus::getHints))
                .put("hintBytes", sum(RepairStatus::getHintBytes))
                .put("oldestHintEpochMillis", oldestHintMillis())
                .put("hintsReplayed", sum(RepairStatus::getHintsReplayed))
                .put("tombstones", sum(RepairStatus::getTombstones))
                .put("suspectPartitions", sum(RepairStatus::getSuspectPartitions))
                .put("damagedRecords", sum(RepairStatus::getDamagedRecords))
                .put("damagedRepaired", sum(RepairStatus::getDamagedRepaired));
        json.putObject("scrub")
                .put("partitionsLeft", scrub(ScrubStatus::getPartitionsLeft))
                .put("partitionsDone", scrub(ScrubStatus::getPartitionsDone))
                .put("records", scrub(ScrubStatus::getRecords))
                .put("bytes", scrub(ScrubStatus::getBytes))
                .put("damaged", scrub(ScrubStatus::getDamaged));
        json.set("silent", Output.JSON.valueToTree(new ArrayList<>(silent.keySet())));
        return json;
    }

    /** The lines of a status. */
    void print(PrintWriter out) {
        if (told.isEmpty()) {
            out.println("repair       no node told: " + String.join("; ", silent.values()));
            return;
        }
        out.printf(
                "repair       %s%s; last round of exchanges %s; %s%s%n",
                differing(),
                running(),
                ago(oldest(RepairStatus::getOldestExchangeEpochMillis)),
                equal(),
                silent.isEmpty() ? "" : "; not told by " + String.join(", ", silent.keySet()));
        out.printf(
                "             since their starts %s exchanges (%s failed), %s keys repaired, %s moved; %s hints wait%s; %s tombstones%n",
                Units.count(sum(RepairStatus::getExchangesEqual) + sum(RepairStatus::getExchangesRepaired)),
                Units.count(sum(RepairStatus::getExchangesFailed)),
                Units.count(sum(RepairStatus::getKeysRepaired)),
                Units.bytes(sum(RepairStatus::getBytesMoved)),
                Units.count(sum(RepairStatus::getHints)),
                oldestHintMillis() == 0 ? "" : ", the oldest from " + ago(oldestHintMillis()),
                Units.count(sum(RepairStatus::getTombstones)));
        if (scrubbing() || scrub(ScrubStatus::getPartitionsDone) > 0) {
            out.println("scrub        " + scrubbed());
        }
        long damaged = sum(RepairStatus::getDamagedRecords);
        long suspects = sum(RepairStatus::getSuspectPartitions);
        if (damaged + suspects > 0) {
            out.printf(
                    "damage       %s records wait for a copy, %s copies of partitions do not answer until they are healed%n",
                    Units.count(damaged), Units.count(suspects));
        }
    }

    private String differing() {
        long dirty = sum(RepairStatus::getDirtyPairs);
        return dirty == 0
                ? "no pair of replicas is known to differ"
                : Units.count(dirty) + " pairs of replicas may differ";
    }

    private String equal() {
        long upTo = oldest(RepairStatus::getRepairedUpToEpochMillis);
        return upTo == 0
                ? "not yet known up to when all replicas are equal"
                : "all replicas known to be equal up to " + ago(upTo);
    }

    private String running() {
        long running = sum(RepairStatus::getRunningCount);
        return running == 0 ? "" : ", " + running + " exchanges under way";
    }

    private String scrubbed() {
        long left = scrub(ScrubStatus::getPartitionsLeft);
        long done = scrub(ScrubStatus::getPartitionsDone);
        return (left > 0 ? "under way, " + done + " of " + (left + done) : Units.count(done)) + " partitions read, "
                + Units.count(scrub(ScrubStatus::getRecords)) + " records, "
                + Units.bytes(scrub(ScrubStatus::getBytes)) + ", " + Units.count(scrub(ScrubStatus::getDamaged))
                + " damaged";
    }

    /** @param millis since 1970; 0: never */
    static String ago(long millis) {
        return millis == 0 ? "not yet" : ClusterLook.ago(millis) + " ago";
    }
}
