package io.kvcluster.operator;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Whether this replica leads, by the API server's word, asked before something is written. A process that was stopped for a while does not
 * know yet that another leads; the election will tell it, but may be later than the next write.
 */
final class HeldLease implements BooleanSupplier {
    private final KubernetesClient client;
    private final String namespace;
    private final OperatorConfig.Lease lease;
    private final InstantSource clock;

    HeldLease(KubernetesClient client, OperatorConfig.Lease lease, InstantSource clock) {
        this.client = client;
        this.namespace = lease.namespace().isEmpty() ? client.getNamespace() : lease.namespace();
        this.lease = lease;
        this.clock = clock;
    }

    @Override
    public boolean getAsBoolean() {
        Lease now =
                client.leases().inNamespace(namespace).withName(lease.name()).get();
        return Optional.ofNullable(now)
                .map(Lease::getSpec)
                .filter(spec -> lease.identity().equals(spec.getHolderIdentity()) && isInTime(spec))
                .isPresent();
    }

    private boolean isInTime(LeaseSpec spec) {
        return spec.getRenewTime() != null
                && spec.getLeaseDurationSeconds() != null
                && spec.getRenewTime()
                        .toInstant()
                        .plusSeconds(spec.getLeaseDurationSeconds())
                        .isAfter(clock.instant());
    }
}
