package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How failures are noticed, and when others take over. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Healing(
        @JsonPropertyDescription("A member that was not heard of for this long is shown as down: 2s to 10m.")
        @Default("5s")
        @Size(min = 2, max = 12) @Pattern("^[1-9][0-9]{0,8}(ms|s|m)$") @ValidationRule(
                value = "duration(self) >= duration('2s') && duration(self) <= duration('10m')",
                reason = "FieldValueInvalid",
                message = "spec.healing.downAfter must be from 2s to 10m",
                messageExpression = "'spec.healing.downAfter is ' + self + ' but must be from 2s to 10m'")
        String downAfter,

        @JsonPropertyDescription(
                "A member that is down for this long is given up: its partitions move to others, where that leaves no fewer than replicationFactor members. When it returns it is emptied and joins anew. 10s to 168h, at least downAfter.")
        @Default("5m")
        @Size(min = 2, max = 12) @Pattern("^[1-9][0-9]{0,8}(ms|s|m|h)$") @ValidationRule(
                value = "duration(self) >= duration('10s') && duration(self) <= duration('168h')",
                reason = "FieldValueInvalid",
                message = "spec.healing.replaceAfter must be from 10s to 168h",
                messageExpression = "'spec.healing.replaceAfter is ' + self + ' but must be from 10s to 168h'")
        String replaceAfter) {
    public Healing(@Nullable String downAfter, @Nullable String replaceAfter) {
        this.downAfter = downAfter == null ? "5s" : downAfter;
        this.replaceAfter = replaceAfter == null ? "5m" : replaceAfter;
    }
}
