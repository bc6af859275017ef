package io.kvcluster.node.coordinator;

import io.kvcluster.node.version.ConflictPolicy;
import io.kvcluster.ring.Ring;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The conflict policy of the ring in use, resolved once for each ring. Any thread. */
public final class RingPolicies implements Supplier<ConflictPolicy> {
    private record Resolved(Ring ring, ConflictPolicy policy) {}

    private final Supplier<@Nullable Ring> rings;
    private volatile @Nullable Resolved resolved;

    public RingPolicies(Supplier<@Nullable Ring> rings) {
        this.rings = rings;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // an equal ring that is another object is only resolved again
    public ConflictPolicy get() {
        Ring ring = rings.get();
        if (ring == null) {
            throw new IllegalStateException("records are merged under a ring only");
        }
        Resolved known = resolved;
        if (known == null || known.ring() != ring) {
            known = new Resolved(ring, ConflictPolicy.named(ring.defaults().getConflictResolution()));
            resolved = known;
        }
        return known.policy();
    }

    /** The name of the resolver in force; null unless the policy is Custom. */
    public @Nullable String resolver() {
        Ring ring = rings.get();
        String name = ring == null ? "" : ring.defaults().getResolver();
        return name.isEmpty() ? null : name;
    }
}
