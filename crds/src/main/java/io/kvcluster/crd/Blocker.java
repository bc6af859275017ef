package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** One thing that the operator waits for. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Blocker(
        @JsonPropertyDescription("The rule that holds things up, in CamelCase.")
        String check,

        @JsonPropertyDescription("What it is about, as Kind/name or a field.")
        String object,

        @JsonPropertyDescription("What is found, a sentence.")
        String message,

        @JsonPropertyDescription("Since when, RFC 3339.") @Nullable String since,

        @JsonPropertyDescription("When it is looked at again: an interval or an event.") @Nullable String nextCheck,

        @JsonPropertyDescription("What would end the wait.") String remedy) {}
