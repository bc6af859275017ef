package io.kvcluster.e2e.traffic;

import io.kvcluster.client.WriteOutcome;
import java.util.Optional;

/**
 * An acknowledged write.
 *
 * @param version by which writes of a key are ordered
 * @param value empty for a delete; no client puts an empty value
 */
public record Acknowledged(long version, String value) {
    public static Optional<Acknowledged> of(WriteOutcome outcome, String value) {
        return outcome instanceof WriteOutcome.Applied applied
                ? Optional.of(new Acknowledged(applied.version(), value))
                : Optional.empty();
    }

    public boolean isDelete() {
        return value.isEmpty();
    }

    public Acknowledged newer(Acknowledged other) {
        return other.version > version ? other : this;
    }
}
