package io.kvcluster.operator.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.PrimaryUpdateAndCacheUtils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.kvcluster.crd.KvCluster;
import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.operator.nodeadmin.NodeAdmin;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Observer;
import io.kvcluster.operator.observation.ResourceReader;
import io.kvcluster.operator.observation.Sightings;
import io.kvcluster.operator.observation.SpecRules;
import io.kvcluster.operator.observation.Steering;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.ClusterKey;
import io.kvcluster.operator.status.Operations;
import io.kvcluster.operator.status.StatusCalculator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass: observe, plan, run, report. See the package for the rules that it keeps. */
public final class ClusterReconciler implements Reconciler<KvCluster>, Cleaner<KvCluster> {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterReconciler.class);
    private static final Duration BUSY = Duration.ofSeconds(1);
    private static final Duration SETTLED = Duration.ofSeconds(10);

    private final NodeAdmin nodes;
    private final Observer observer;
    private final Planner planner;
    private final StepRunner runner;
    private final Deletion deletion;
    private final Decisions decisions;
    private final Sightings sightings;
    private final OperatorMetrics metrics;
    private final InstantSource clock;
    private final BooleanSupplier leads;

    /** @param leads asked before anything is written: whether no other replica of the operator is at work */
    public ClusterReconciler(
            KubernetesClient client,
            NodeAdmin nodes,
            String defaultImage,
            Sightings sightings,
            OperatorMetrics metrics,
            InstantSource clock,
            BooleanSupplier leads) {
        this.nodes = nodes;
        this.sightings = sightings;
        this.metrics = metrics;
        this.clock = clock;
        this.leads = leads;
        this.observer = new Observer(nodes, clock);
        this.planner = new Planner(defaultImage);
        this.decisions = new Decisions(client, clock, metrics);
        this.runner =
                new StepRunner(client, nodes, decisions, () -> UUID.randomUUID().toString());
        this.deletion = new Deletion(client, runner, clock);
    }

    @Override
    public List<EventSource<?, KvCluster>> prepareEventSources(EventSourceContext<KvCluster> context) {
        return Sources.of(context, nodes);
    }

    @Override
    public UpdateControl<KvCluster> reconcile(KvCluster cluster, Context<KvCluster> context) {
        Instant started = clock.instant();
        Steering steering = SpecRules.steer(cluster);
        if (steering.spec().isEmpty()) {
            KvClusterStatus invalid = StatusCalculator.invalid(cluster, steering, started);
            sightings.told(ClusterKey.of(cluster), invalid, started);
            return leads.getAsBoolean() ? report(cluster, invalid, context, SETTLED) : nothing();
        }
        Observation world = observer.observe(cluster, steering, caches(context));
        sightings.saw(world);
        Plan plan = planner.plan(world);
        if (!plan.steps().isEmpty() && !leads.getAsBoolean()) {
            return nothing();
        }
        List<Wait> failures = runner.run(cluster, plan.steps(), () -> secondLook(context));
        List<Wait> waits = new ArrayList<>(plan.waits());
        waits.addAll(failures);
        KvClusterStatus status =
                StatusCalculator.of(world, waits, plan.steps().stream().anyMatch(Step::isProgress), plan.progress());
        sightings.told(world.key(), status, world.now());
        if (plan.steps().isEmpty() && !status.equals(cluster.getStatus()) && !leads.getAsBoolean()) {
            return nothing();
        }
        tell(cluster, status, waits);
        metrics.reconciled("done", Duration.between(started, clock.instant()));
        boolean rests = plan.isSettled() || plan.onlyGrows() && !failures.isEmpty();
        return report(cluster, status, context, rests ? SETTLED : BUSY);
    }

    @Override
    public DeleteControl cleanup(KvCluster cluster, Context<KvCluster> context) {
        if (!leads.getAsBoolean()) {
            return DeleteControl.noFinalizerRemoval().rescheduleAfter(BUSY.toMillis());
        }
        ClusterKey key = ClusterKey.of(cluster);
        nodes.forget(key);
        sightings.forget(key);
        metrics.forget(key.namespace(), key.name());
        return deletion.proceed(cluster)
                ? DeleteControl.defaultDelete()
                : DeleteControl.noFinalizerRemoval().rescheduleAfter(BUSY.toMillis());
    }

    /** Retried by the framework, soon and for ever; a status says nothing true about a pass that saw nothing. */
    @Override
    public ErrorStatusUpdateControl<KvCluster> updateErrorStatus(
            KvCluster cluster, Context<KvCluster> context, Exception e) {
        metrics.reconciled("failed", Duration.ZERO);
        LOG.atWarn().addKeyValue("cluster", ClusterKey.of(cluster)).setCause(e).log("a pass failed");
        return ErrorStatusUpdateControl.noStatusUpdate();
    }

    /** Another replica leads, or may: the election will say so, and end this process. */
    private UpdateControl<KvCluster> nothing() {
        LOG.warn("this replica does not hold the lease any more: it writes nothing");
        metrics.reconciled("not-leading", Duration.ZERO);
        return UpdateControl.<KvCluster>noUpdate().rescheduleAfter(BUSY);
    }

    private StepRunner.SecondLook secondLook(Context<KvCluster> context) {
        ClusterKey key = ClusterKey.of(context.getPrimaryResource());
        KvCluster cluster = context.getClient()
                .resources(KvCluster.class)
                .inNamespace(key.namespace())
                .withName(key.name())
                .require();
        Steering steering = SpecRules.steer(cluster);
        Observation world = observer.observe(cluster, steering, ResourceReader.live(context.getClient(), key));
        boolean going = cluster.getMetadata().getDeletionTimestamp() != null;
        boolean mayAct = !going && leads.getAsBoolean();
        return new StepRunner.SecondLook(world, mayAct ? planner.plan(world) : Plan.NOTHING);
    }

    /** An event and a line of log for what was not waited for before. */
    private void tell(KvCluster cluster, KvClusterStatus status, List<Wait> waits) {
        ClusterKey key = ClusterKey.of(cluster);
        KvClusterStatus before = cluster.getStatus();
        for (Wait wait : waits) {
            boolean known = before != null
                    && before.blockedBy().stream()
                            .anyMatch(old -> wait.check().equals(old.check())
                                    && wait.object().equals(old.object()));
            if (!known) {
                decisions.waits(cluster, wait);
            }
        }
        Operations.news(before == null ? null : before.operation(), status.operation(), clock.instant())
                .forEach(news -> decisions.operation(cluster, news.reason(), news.text()));
        metrics.cluster(
                key.namespace(),
                key.name(),
                status.members().size(),
                StatusCalculator.liveMembers(status),
                status.ring() == null ? 0 : status.ring().underReplicatedPartitions());
    }

    /** Writes only what differs, and lets the next pass see it even if the caches lag. */
    private static UpdateControl<KvCluster> report(
            KvCluster cluster, KvClusterStatus status, Context<KvCluster> context, Duration next) {
        if (!status.equals(cluster.getStatus())) {
            KvCluster answer = new KvCluster();
            answer.getMetadata().setName(cluster.getMetadata().getName());
            answer.getMetadata().setNamespace(cluster.getMetadata().getNamespace());
            answer.setStatus(status);
            PrimaryUpdateAndCacheUtils.ssaPatchStatusAndCacheResource(cluster, answer, context);
        }
        return UpdateControl.<KvCluster>noUpdate().rescheduleAfter(next);
    }

    private static ResourceReader caches(Context<KvCluster> context) {
        return new ResourceReader() {
            @Override
            public <T extends HasMetadata> List<T> all(Class<T> kind) {
                return List.copyOf(context.getSecondaryResources(kind));
            }
        };
    }
}
