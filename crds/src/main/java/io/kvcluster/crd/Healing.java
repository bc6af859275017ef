package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How failures are noticed. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Healing(
        @JsonPropertyDescription("A member that was not heard of for this long is shown as down: 2s to 10m.")
        @Default("5s")
        @Size(min = 2, max = 12) @Pattern("^[1-9][0-9]{0,8}(ms|s|m)$") @ValidationRule(
                value = "duration(self) >= duration('2s') && duration(self) <= duration('10m')",
                reason = "FieldValueInvalid",
                message = "spec.healing.downAfter must be from 2s to 10m",
                messageExpression = "'spec.healing.downAfter is ' + self + ' but must be from 2s to 10m'")
        String downAfter) {
    public Healing(@Nullable String downAfter) {
        this.downAfter = downAfter == null ? "5s" : downAfter;
    }
}
