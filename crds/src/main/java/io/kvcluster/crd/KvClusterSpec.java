package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a user wants. The compact constructor fills in what the schema defaults, so a spec that never met an API server reads the same.
 * Values that are not built yet are absent from the schema.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "self.replicationFactor <= self.replicas",
        fieldPath = ".replicationFactor",
        reason = "FieldValueInvalid",
        message = "replicationFactor must be at most replicas",
        messageExpression = "'spec.replicationFactor is ' + " + CelText.REPLICATION_FACTOR
                + " + ' but must be at most spec.replicas, which is ' + " + CelText.REPLICAS)
@ValidationRule(
        value = "!has(self.quorums) || !has(self.quorums.read) || self.quorums.read <= self.replicationFactor",
        fieldPath = ".quorums",
        reason = "FieldValueInvalid",
        message = "quorums.read must be at most replicationFactor",
        messageExpression =
                "'spec.quorums.read is ' + '0123456789'.substring(self.quorums.read, self.quorums.read + 1) + ' but must be at most spec.replicationFactor, which is ' + "
                        + CelText.REPLICATION_FACTOR)
@ValidationRule(
        value = "!has(self.quorums) || !has(self.quorums.write) || self.quorums.write <= self.replicationFactor",
        fieldPath = ".quorums",
        reason = "FieldValueInvalid",
        message = "quorums.write must be at most replicationFactor",
        messageExpression =
                "'spec.quorums.write is ' + '0123456789'.substring(self.quorums.write, self.quorums.write + 1) + ' but must be at most spec.replicationFactor, which is ' + "
                        + CelText.REPLICATION_FACTOR)
@ValidationRule(
        value = "self.replicas <= self.partitions",
        fieldPath = ".replicas",
        reason = "FieldValueInvalid",
        message = "replicas must be at most partitions",
        messageExpression = "'spec.replicas is ' + " + CelText.REPLICAS
                + " + ' but must be at most spec.partitions, which is ' + " + CelText.PARTITIONS
                + " + ': a pod without a partition does nothing'")
@ValidationRule(
        value = "!has(self.topology) || size(self.topology.zones) <= self.replicas",
        fieldPath = ".topology",
        reason = "FieldValueInvalid",
        message = "topology.zones must not name more zones than replicas",
        messageExpression = "'spec.topology.zones names ' + " + CelText.ZONES + " + ' zones but spec.replicas is ' + "
                + CelText.REPLICAS + " + ': each zone needs at least one pod'")
@ValidationRule(
        value = "has(self.topology) == has(oldSelf.topology)",
        fieldPath = ".topology",
        reason = "FieldValueForbidden",
        message = "spec.topology cannot be added or removed once the cluster exists")
@ValidationRule(
        value = "!has(self.healing) || duration(self.healing.replaceAfter) >= duration(self.healing.downAfter)",
        fieldPath = ".healing",
        reason = "FieldValueInvalid",
        message = "spec.healing.replaceAfter must be at least spec.healing.downAfter",
        messageExpression = "'spec.healing.replaceAfter is ' + self.healing.replaceAfter"
                + " + ' but must be at least spec.healing.downAfter, ' + self.healing.downAfter")
@ValidationRule(
        value = "self.durability == 'Periodic' ? has(self.fsyncIntervalMillis) : !has(self.fsyncIntervalMillis)",
        fieldPath = ".fsyncIntervalMillis",
        reason = "FieldValueInvalid",
        message =
                "spec.fsyncIntervalMillis must be given when spec.durability is Periodic, and only then: Fsync forces the log before each acknowledgement")
@ValidationRule(
        value = "self.conflictResolution == 'Custom' ? has(self.resolver) : !has(self.resolver)",
        fieldPath = ".resolver",
        reason = "FieldValueInvalid",
        message =
                "spec.resolver must be given when spec.conflictResolution is Custom, and only then: it names the resolver")
@JsonIgnoreProperties(ignoreUnknown = true)
public record KvClusterSpec(
        @JsonPropertyDescription("Storage pods, spread over the zones in turn.")
        @Default("3")
        @Min(1) @Max(256) @SpecReplicas
        Integer replicas,

        @JsonPropertyDescription("Copies of each key. At most replicas.") @Default("3") @Min(1) @Max(7) Integer replicationFactor,

        @JsonPropertyDescription(
                "Quorums of level eventual. Level quorum always asks a majority, level all every replica. Absent: a majority of replicationFactor. read + write <= replicationFactor is allowed and shown as a Warning condition: reads may then miss acknowledged writes.")
        @Nullable Quorums quorums,

        @JsonPropertyDescription("How replicas agree. Leaderless: any replica coordinates, quorums decide.")
        @Default("Leaderless")
        Mode mode,

        @JsonPropertyDescription("The consistency level of requests that name none.") @Default("Eventual")
        Consistency defaultConsistency,

        @JsonPropertyDescription(
                "What becomes of concurrent writes to a key. LastWriterWins keeps the one with the greatest version; Siblings keeps all until a write that has seen them; Custom merges them by the resolver that resolver names.")
        @Default("LastWriterWins")
        ConflictResolution conflictResolution,

        @JsonPropertyDescription(
                "With conflictResolution Custom, and only then: the name of a ConflictResolver in a jar of the pods' resolver directory, /resolvers, which podTemplate mounts.")
        @Nullable @Size(min = 1, max = 63) @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$") String resolver,

        @JsonPropertyDescription("Parts of the key space, the unit of placement. A power of two. Immutable.")
        @Default("64")
        @Min(8) @Max(1024) @ValidationRule(
                value = "self in [8, 16, 32, 64, 128, 256, 512, 1024]",
                reason = "FieldValueInvalid",
                message = "spec.partitions must be a power of two from 8 to 1024",
                messageExpression =
                        "'spec.partitions is ' + " + CelText.SELF + " + ' but must be a power of two from 8 to 1024'")
        @ValidationRule(
                value = "self == oldSelf",
                reason = "FieldValueInvalid",
                message = "spec.partitions is immutable: with another number, keys would belong to other partitions",
                messageExpression = "'spec.partitions is immutable: it was ' + " + CelText.OLD_SELF
                        + " + ' and cannot become ' + " + CelText.SELF + " + ', keys would belong to other partitions'")
        Integer partitions,

        @JsonPropertyDescription(
                "The zones to spread over, one StatefulSet for each. Absent: one StatefulSet, no zones.")
        @Nullable Topology topology,

        @JsonPropertyDescription("Image of the storage pods. Absent: the one that belongs to the operator's version.")
        @Nullable @Size(min = 1, max = 512) @Pattern("^[^\\s]+$") String image,

        @JsonPropertyDescription("When the kubelet pulls the image.") @Default("IfNotPresent")
        ImagePullPolicy imagePullPolicy,

        @JsonPropertyDescription(
                "Overlay on the pod template that the operator makes (strategic merge; the storage container is named storage-node). It cannot change the operator's own labels, ports, environment or data volume.")
        @Nullable @PreserveUnknownFields
        Map<String, Object> podTemplate,

        @JsonPropertyDescription("The volume of each pod.") @Default("{}")
        Storage storage,

        @JsonPropertyDescription(
                "When a write is acknowledged. Fsync: after the log is forced to disk. Periodic: before; a crash of the machine can lose the last fsyncIntervalMillis of that replica.")
        @Default("Fsync")
        Durability durability,

        @JsonPropertyDescription("With durability Periodic: how often the log is forced, in milliseconds.")
        @Nullable @Min(1) @Max(10000) Integer fsyncIntervalMillis,

        @JsonPropertyDescription("How failures are noticed.") @Default("{}")
        Healing healing,

        @JsonPropertyDescription("True: the operator observes and reports, but changes nothing. Deletion still works.")
        @Default("false")
        Boolean paused) {

    @SuppressWarnings("ConstantValue") // components are absent in JSON until an API server has set the defaults
    public KvClusterSpec {
        replicas = replicas == null ? Integer.valueOf(3) : replicas;
        replicationFactor = replicationFactor == null ? Integer.valueOf(3) : replicationFactor;
        mode = mode == null ? Mode.LEADERLESS : mode;
        defaultConsistency = defaultConsistency == null ? Consistency.EVENTUAL : defaultConsistency;
        conflictResolution = conflictResolution == null ? ConflictResolution.LAST_WRITER_WINS : conflictResolution;
        partitions = partitions == null ? Integer.valueOf(64) : partitions;
        imagePullPolicy = imagePullPolicy == null ? ImagePullPolicy.IF_NOT_PRESENT : imagePullPolicy;
        storage = storage == null ? new Storage(null, null, null) : storage;
        durability = durability == null ? Durability.FSYNC : durability;
        healing = healing == null ? new Healing(null, null) : healing;
        paused = paused == null ? Boolean.FALSE : paused;
    }

    /** Answers of a read at level eventual: as asked, else a majority of the replication factor. */
    public int readQuorum() {
        return quorums == null || quorums.read() == null ? majority() : quorums.read();
    }

    /** Acknowledgements of a write at level eventual: as asked, else a majority of the replication factor. */
    public int writeQuorum() {
        return quorums == null || quorums.write() == null ? majority() : quorums.write();
    }

    private int majority() {
        return replicationFactor / 2 + 1;
    }
}
