package io.kvcluster.crd;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is under way in the ring, and how far it is. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Operation(
        @JsonPropertyDescription("ScaleUp, ScaleDown, ChangeCopies, ChangeQuorums, Replace or Rebalance.")
        String type,

        @JsonPropertyDescription("What the ring is to become.")
        String goal,

        @JsonPropertyDescription("Partitions that the ring moves now.")
        int partitionsMoving,

        @JsonPropertyDescription("Copies of partitions that members got completely.")
        int copiesDone,

        @JsonPropertyDescription("Copies of partitions that members get in all, as far as is known.")
        int copiesTotal,

        @JsonPropertyDescription("About what is left to copy, bytes.")
        long bytesLeft,

        @JsonPropertyDescription("About what is copied in all, bytes: the most that was left at any moment.")
        long bytesTotal,

        @JsonPropertyDescription(
                "The fewest replicas, of those that there are, that a partition has on the way: a move itself takes none away.")
        int lowestCopies,

        @JsonPropertyDescription("Pods that are to become members.")
        List<String> joining,

        @JsonPropertyDescription("Members that are to leave.")
        List<String> leaving,

        @JsonPropertyDescription("What the next step waits for; absent while one is being done.") @Nullable String blockedBy,

        @JsonPropertyDescription("Since when it is under way, RFC 3339.") @Nullable String since) {

    @SuppressWarnings("ConstantValue") // a status that an earlier version wrote does not name them
    public Operation {
        joining = joining == null ? List.of() : List.copyOf(joining);
        leaving = leaving == null ? List.of() : List.copyOf(leaving);
    }
}
