package io.kvcluster.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.RuntimeInfo;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.operator.cluster.ClusterReconciler;
import io.kvcluster.operator.cluster.OperatorMetrics;
import io.kvcluster.operator.console.ClusterViews;
import io.kvcluster.operator.console.Console;
import io.kvcluster.operator.console.Standing;
import io.kvcluster.operator.nodeadmin.GrpcNodeAdmin;
import io.kvcluster.operator.nodeadmin.NodeAdmin;
import io.kvcluster.operator.observation.Sightings;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The operator as a whole: the only wiring. */
public final class Operator implements AutoCloseable {
    private static final Duration LEASE = Duration.ofSeconds(15);
    private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);
    private static final Duration RETRY_PERIOD = Duration.ofSeconds(2);

    private final io.javaoperatorsdk.operator.Operator framework;
    private final NodeAdmin nodes;
    private final Console console;

    private Operator(io.javaoperatorsdk.operator.Operator framework, NodeAdmin nodes, Console console) {
        this.framework = framework;
        this.nodes = nodes;
        this.console = console;
    }

    /**
     * Starts, and returns once the caches are filled; with leader election, once it takes part in it. The CRD must exist. The
     * client stays the caller's.
     *
     * @throws UncheckedIOException the console's port is taken
     */
    public static Operator start(OperatorConfig config, KubernetesClient client) {
        InstantSource clock = InstantSource.system();
        PrometheusRegistry registry = new PrometheusRegistry();
        JvmMetrics.builder().register(registry);
        NodeAdmin nodes = new GrpcNodeAdmin(clock);
        Sightings sightings = new Sightings();
        Leadership leadership = new Leadership(config.leaderElection().isEmpty());
        Optional<OperatorConfig.Lease> lease = config.leaderElection().map(OperatorConfig.Lease::named);
        var framework =
                new io.javaoperatorsdk.operator.Operator(overrider -> configure(overrider, lease, client, leadership));
        BooleanSupplier leads = lease.<BooleanSupplier>map(asked -> new HeldLease(client, asked, clock))
                .orElse(() -> true);
        framework.register(
                new ClusterReconciler(
                        client, nodes, config.nodeImage(), sightings, new OperatorMetrics(registry), clock, leads),
                controller -> configure(controller, config));
        RuntimeInfo info = framework.getRuntimeInfo();
        try {
            Console console = Console.start(
                    new Console.Door(config.httpAddress(), config.httpPort(), config.console()),
                    new Console.Probes(
                            () -> !info.isStarted() || !leadership.isLeading() || info.allEventSourcesAreHealthy(),
                            info::isStarted),
                    new ClusterViews(sightings, nodes::states, () -> standing(info, leadership), clock),
                    registry);
            framework.start();
            return new Operator(framework, nodes, console);
        } catch (IOException e) {
            nodes.close();
            throw new UncheckedIOException(
                    "the console cannot listen on " + config.httpAddress() + ":" + config.httpPort() + ": "
                            + e.getMessage(),
                    e);
        }
    }

    /** Where the console listens. */
    public int httpPort() {
        return console.port();
    }

    /** Stops taking passes, waits for the running one, closes the streams. Storage pods do not notice. */
    @Override
    public void close() {
        framework.stop();
        console.close();
        nodes.close();
    }

    private static Standing standing(RuntimeInfo info, Leadership leadership) {
        if (!leadership.isLeading()) {
            return new Standing.Standby(leadership.other());
        }
        return info.isStarted() ? new Standing.Leading(info.allEventSourcesAreHealthy()) : new Standing.Starting();
    }

    private static void configure(
            ConfigurationServiceOverrider overrider,
            Optional<OperatorConfig.Lease> lease,
            KubernetesClient client,
            Leadership leadership) {
        overrider
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withUseSSAToPatchPrimaryResource(true)
                .withReconciliationTerminationTimeout(Duration.ofSeconds(10));
        lease.ifPresent(asked -> overrider.withLeaderElectionConfiguration(election(asked, leadership)));
    }

    private static void configure(ControllerConfigurationOverrider<KvCluster> controller, OperatorConfig config) {
        // A pass that failed is tried again for ever, at most 10 s later: nobody else would.
        controller.withRetry(new GenericRetry()
                .setInitialInterval(500)
                .setIntervalMultiplier(2)
                .setMaxInterval(10_000)
                .withoutMaxAttempts());
        if (config.namespaces().isEmpty()) {
            controller.watchingAllNamespaces();
        } else {
            controller.settingNamespaces(config.namespaces());
        }
    }

    private static LeaderElectionConfiguration election(OperatorConfig.Lease lease, Leadership leadership) {
        return new LeaderElectionConfiguration(
                lease.name(),
                Optional.of(lease.namespace()).filter(name -> !name.isEmpty()).orElse(null),
                LEASE,
                RENEW_DEADLINE,
                RETRY_PERIOD,
                lease.identity(),
                leadership.callbacks(),
                true);
    }
}
