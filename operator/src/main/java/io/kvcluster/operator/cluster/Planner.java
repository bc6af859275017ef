package io.kvcluster.operator.cluster;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.resources.Labels;
import io.kvcluster.operator.rollout.Rollout;
import io.kvcluster.operator.volumes.Claims;
import io.kvcluster.operator.volumes.Reclaim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From one look at the world to what is done about it. Pure: the same look gives the same plan. */
final class Planner {
    private final String defaultImage;

    /** @param defaultImage of the storage pods of a spec that names none */
    Planner(String defaultImage) {
        this.defaultImage = defaultImage;
    }

    Plan plan(Observation world) {
        if (world.spec().paused()) {
            return new Plan(List.of(), List.of(paused()), new Progress.Unknown());
        }
        List<Step> steps = new ArrayList<>();
        List<Wait> waits = new ArrayList<>();
        recordSpec(world, steps);
        Optional<Wait> quarantine = Claims.quarantined(world);
        quarantine.ifPresent(waits::add);
        ObjectPlan.plan(world, defaultImage, quarantine.isEmpty(), steps, waits);
        Progress progress = quarantine.isEmpty() ? RingPlan.plan(world, steps, waits) : new Progress.Unknown();
        HeldChanges.plan(world, waits);
        LostStores.plan(world, waits);
        ClockSkew.plan(world, waits);
        Claims.unlabelled(world).forEach(claim -> steps.add(new Step.LabelClaim(claim.claim(), claim.clusterId())));
        Claims.unneeded(world).ifPresent(claim -> steps.add(new Step.DeleteClaim(claim.claim(), claim.uid())));
        Claims.toQuarantine(world)
                .ifPresent(claim ->
                        steps.add(new Step.QuarantineClaim(claim.claim(), claim.uid(), Reclaim.stamp(world.now()))));
        Claims.tooSmall(world)
                .forEach(claim -> steps.add(new Step.GrowVolume(claim.claim(), claim.uid(), claim.from(), claim.to())));
        waits.addAll(Claims.notResized(world));
        disruptive(world, steps, waits);
        return new Plan(steps, waits, progress);
    }

    /** One at most. A volume that cannot grow does not hold it up: what pods are made of is corrected all the same. */
    private static void disruptive(Observation world, List<Step> steps, List<Wait> waits) {
        switch (Rollout.next(world)) {
            case Rollout.UpToDate() -> {}
            case Rollout.Held(Wait reason) -> waits.add(reason);
            case Rollout.Restart(String pod, String uid, String reason) ->
                steps.add(new Step.RestartPod(pod, uid, reason));
        }
    }

    private static void recordSpec(Observation world, List<Step> steps) {
        if (!world.steering().problems().isEmpty()) {
            return;
        }
        String json = Serialization.asJson(world.spec());
        Map<String, String> annotations = world.cluster().getMetadata().getAnnotations();
        if (annotations == null || !json.equals(annotations.get(Labels.LAST_VALID_SPEC))) {
            steps.add(new Step.RecordSpec(json));
        }
    }

    private static Wait paused() {
        return new Wait(
                "Paused",
                "spec.paused",
                "the operator observes and reports, but changes nothing",
                "set spec.paused to false");
    }
}
