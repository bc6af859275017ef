package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** Failure domains: the copies of a key lie in different zones where there are enough of them. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Topology(
        @JsonPropertyDescription("Node label that holds the zone. Immutable.")
        @Default(Topology.ZONE_LABEL)
        @Size(min = 1, max = 253) @Pattern("^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$") @ValidationRule(
                value = "self == oldSelf",
                reason = "FieldValueForbidden",
                message = "spec.topology.key is immutable")
        String key,

        @JsonPropertyDescription(
                "Values of the label. Pods are dealt to them in turn. Zones can be added. One without members can be taken away again; one with members is held until it is named again.")
        @Required
        @Size(min = 1, max = 16) @ValidationRule(
                value = "self.all(z, self.exists_one(y, y == z))",
                reason = "FieldValueInvalid",
                message = "spec.topology.zones names a zone twice; each zone may be named once")
        List<@Size(min = 1, max = 63) @Pattern("^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$") String> zones) {
    public static final String ZONE_LABEL = "topology.kubernetes.io/zone";

    @SuppressWarnings("ConstantValue") // see KvClusterSpec
    public Topology {
        key = key == null ? ZONE_LABEL : key;
        zones = zones == null ? List.of() : List.copyOf(zones);
    }
}
