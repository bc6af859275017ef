package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** The volume of each pod and what becomes of it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
        value = "has(self.storageClassName) == has(oldSelf.storageClassName)"
                + " && (!has(self.storageClassName) || self.storageClassName == oldSelf.storageClassName)",
        fieldPath = ".storageClassName",
        reason = "FieldValueForbidden",
        message = "spec.storage.storageClassName is immutable: existing volumes keep their class")
@JsonIgnoreProperties(ignoreUnknown = true)
public record Storage(
        @JsonPropertyDescription("Size of each volume, a quantity. May only grow.")
        @Default("10Gi")
        @Size(min = 1, max = 24) @Pattern("^[0-9]{1,15}(\\.[0-9]{1,3})?(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$") @ValidationRule(
                value = "quantity(self).compareTo(quantity('64Mi')) >= 0",
                reason = "FieldValueInvalid",
                message = "spec.storage.size must be at least 64Mi",
                messageExpression = "'spec.storage.size is ' + self + ' but must be at least 64Mi'")
        @ValidationRule(
                value = "quantity(self).compareTo(quantity(oldSelf)) >= 0",
                reason = "FieldValueForbidden",
                message = "spec.storage.size may only grow",
                messageExpression =
                        "'spec.storage.size may only grow: it was ' + oldSelf + ' and cannot become ' + self")
        String size,

        @JsonPropertyDescription("Storage class. Absent: the default of the Kubernetes cluster. Immutable.")
        @Nullable @Size(min = 1, max = 253) @Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$") String storageClassName,

        @JsonPropertyDescription(
                "What becomes of the volume claims when the KvCluster is deleted. Retain: kept, and found again by a KvCluster of the same name. Delete: deleted. Quarantine: kept and labelled, and not used again until a human removes the label.")
        @Default("Retain")
        ReclaimPolicy reclaim) {
    @SuppressWarnings("ConstantValue") // see KvClusterSpec
    public Storage(@Nullable String size, @Nullable String storageClassName, @Nullable ReclaimPolicy reclaim) {
        this.size = size == null ? "10Gi" : size;
        this.storageClassName = storageClassName;
        this.reclaim = reclaim == null ? ReclaimPolicy.RETAIN : reclaim;
    }
}
