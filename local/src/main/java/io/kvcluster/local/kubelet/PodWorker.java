package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One pod, from the first start of its process to the end of the last. {@link #step} looks at the process and the clock and
 * does what is due; nothing in it waits. Owned by the kubelet's thread.
 */
final class PodWorker {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final PodKey key;
    private final String address;
    private final Machinery machinery;
    private final Volumes volumes;
    private final Container container;
    private ObjectNode pod;
    private @Nullable ProbeState startup;
    private @Nullable ProbeState liveness;
    private @Nullable ProbeState readiness;
    private boolean started;
    private boolean ready;
    private @Nullable Ending ending;
    private boolean gone;
    private boolean over;

    /** When a process that has to end is sent SIGTERM, and when SIGKILL. */
    private record Ending(Instant terminateAt, Instant killAt, boolean terminated) {}

    PodWorker(ObjectNode pod, String address, Machinery machinery, Path folder) {
        this.key = PodKey.of(pod);
        this.pod = pod;
        this.address = address;
        this.machinery = machinery;
        this.volumes = new Volumes(folder);
        JsonNode before = Json.at(pod, "status", "containerStatuses").path(0);
        boolean ranBefore = before.path("state").has("running")
                || before.path("restartCount").asInt(0) > 0;
        this.container = new Container(before.path("restartCount").asInt(0) + (ranBefore ? 1 : 0));
    }

    PodKey key() {
        return key;
    }

    ObjectNode pod() {
        return pod;
    }

    String address() {
        return address;
    }

    Container container() {
        return container;
    }

    boolean isStarted() {
        return started;
    }

    boolean isReady() {
        return ready && container.running().isPresent() && ending == null;
    }

    /** Whether the pod's last process has ended and none will follow. */
    boolean isOver() {
        return over;
    }

    boolean isGone() {
        return gone;
    }

    String uid() {
        return Json.text(pod, "metadata", "uid");
    }

    void observe(ObjectNode newest) {
        pod = newest;
    }

    /** The pod's object is gone: its process ends at once. */
    void vanish() {
        gone = true;
    }

    void refreshVolumes() throws IOException {
        volumes.refresh(pod, machinery.objects());
    }

    void removeVolumes() throws IOException {
        volumes.remove();
    }

    private JsonNode containerSpec() {
        return Json.at(pod, "spec", "containers").path(0);
    }

    private boolean mustEnd() {
        return gone || pod.path("metadata").has("deletionTimestamp");
    }

    /** @param powered the machine under it is on: without one nothing starts, and nobody confirms that a deleted pod has ended */
    void step(Instant now, boolean powered) {
        if (over) {
            return;
        }
        Optional<Container.Running> running = container.running();
        if (running.isPresent() && !running.get().process().isAlive()) {
            processEnded(running.get(), now);
        } else if (running.isPresent()) {
            watch(running.get(), now);
        } else if (!powered && !gone) {
            container.waits("MachineOff", "the machine under this pod is switched off", now);
        } else if (mustEnd()) {
            over = true;
        } else if (container.mayStart(now)) {
            start(now);
        }
    }

    private void processEnded(Container.Running was, Instant now) {
        machinery.processes().forget(key.toString());
        container.ended(was, now);
        started = false;
        ready = false;
        ending = null;
        int code = was.process().exitValue();
        String policy = Json.text(pod, "spec", "restartPolicy");
        boolean again = policy.equals("Always") || policy.isEmpty() || policy.equals("OnFailure") && code != 0;
        if (mustEnd() || !again) {
            over = true;
        } else {
            machinery.report(pod, false, "BackOff", "Container ended with exit code " + code + ", starting it again");
        }
    }

    private void watch(Container.Running running, Instant now) {
        if (mustEnd() && ending == null) {
            beginEnd(now, preStop(), grace());
            machinery.report(pod, true, "Killing", "Stopping container " + Json.text(containerSpec(), "name"));
        }
        if (ending != null) {
            carryOutEnd(running, ending, now);
            return;
        }
        probe(running, now);
    }

    private Duration grace() {
        if (gone) {
            return Duration.ZERO;
        }
        return Duration.ofSeconds(
                Json.at(pod, "metadata", "deletionGracePeriodSeconds").asLong(30));
    }

    /** Only the sleep of a preStop hook can be kept: there is nothing in which a command could run. */
    private Duration preStop() {
        long seconds = Json.at(containerSpec(), "lifecycle", "preStop", "sleep", "seconds")
                .asLong(0);
        return gone ? Duration.ZERO : Duration.ofSeconds(seconds);
    }

    private void beginEnd(Instant now, Duration preStop, Duration grace) {
        Instant killAt = now.plus(grace);
        Instant terminateAt = now.plus(preStop);
        ending = new Ending(terminateAt.isAfter(killAt) ? killAt : terminateAt, killAt, false);
    }

    private void carryOutEnd(Container.Running running, Ending end, Instant now) {
        if (!end.terminated() && !now.isBefore(end.terminateAt())) {
            // Not Process.destroy: that also closes the streams, and the last words would be lost.
            running.process().toHandle().destroy();
            ending = new Ending(end.terminateAt(), end.killAt(), true);
        }
        if (gone || !now.isBefore(end.killAt())) {
            running.process().toHandle().destroyForcibly();
        }
    }

    /** Ends the process in the pod's own time, without its preStop hook: the whole cluster goes down. */
    void shutDown(Instant now, Duration longest) {
        gone = false;
        container.running().ifPresent(running -> {
            if (running.process().isAlive()) {
                resumeFrozen(running.process());
            }
            beginEnd(now, Duration.ZERO, longest);
        });
    }

    /** A frozen process could not end in its own time. */
    private void resumeFrozen(Process process) {
        try {
            Signals.resume(process);
        } catch (IllegalStateException e) {
            machinery.report(pod, true, "Killing", "the process ended meanwhile");
        }
    }

    private void start(Instant now) {
        try {
            JsonNode spec = containerSpec();
            checkShape();
            startup = probeState("startupProbe", now);
            liveness = probeState("livenessProbe", now);
            readiness = probeState("readinessProbe", now);
            Map<String, Path> mounts = volumes.prepare(pod, spec, machinery.objects());
            ProcessBuilder builder = machinery.launch().prepare(pod, spec, address, mounts, machinery.objects());
            Process process = Launch.start(builder);
            machinery.processes().record(key.toString(), process.toHandle());
            machinery.logs().follow(key.namespace(), key.name(), process);
            container.started(process, now);
            started = startup == null;
            ready = started && readiness == null;
            machinery.report(pod, true, "Started", "Started container " + Json.text(spec, "name"));
        } catch (Unrunnable e) {
            if (!container.waitingMessage().equals(e.getMessage())) {
                machinery.report(pod, false, e.reason(), String.valueOf(e.getMessage()));
            }
            container.waits(e.reason(), String.valueOf(e.getMessage()), now.plus(LOOK_AGAIN));
        } catch (IOException e) {
            machinery.report(pod, false, "Failed", "Error: " + e.getMessage());
            container.waits("RunContainerError", String.valueOf(e.getMessage()), now.plus(Container.LONGEST_BACK_OFF));
        }
    }

    private void checkShape() throws Unrunnable {
        if (Json.at(pod, "spec", "containers").size() != 1
                || !Json.at(pod, "spec", "initContainers").isEmpty()) {
            throw new Unrunnable(
                    "CreateContainerError", "local mode runs pods of exactly one container without init containers");
        }
    }

    private @Nullable ProbeState probeState(String name, Instant now) throws Unrunnable {
        JsonNode probe = containerSpec().path(name);
        return probe.isObject() ? new ProbeState(ProbeSpec.of(probe, containerSpec()), now) : null;
    }

    private void probe(Container.Running running, Instant now) {
        if (!started && startup != null) {
            send(startup, running, now);
            started = startup.hasSucceeded();
            ready = started && readiness == null;
            restartIfFailed(startup, "Startup", now);
            return;
        }
        if (readiness != null) {
            send(readiness, running, now);
            if (readiness.hasSucceeded()) {
                ready = true;
            } else if (readiness.hasFailed() && ready) {
                ready = false;
                machinery.report(pod, false, "Unhealthy", "Readiness probe failed: " + readiness.lastFailure());
            }
        }
        if (liveness != null) {
            send(liveness, running, now);
            restartIfFailed(liveness, "Liveness", now);
        }
    }

    private void send(ProbeState probe, Container.Running running, Instant now) {
        if (probe.isDue(now)) {
            machinery
                    .prober()
                    .probe(
                            probe.spec(),
                            address,
                            result -> machinery.post(() -> {
                                if (container.running().filter(running::equals).isPresent()) {
                                    probe.took(result);
                                }
                            }));
        }
    }

    private void restartIfFailed(ProbeState probe, String name, Instant now) {
        if (probe.hasFailed() && ending == null) {
            machinery.report(pod, false, "Unhealthy", name + " probe failed: " + probe.lastFailure());
            machinery.report(
                    pod,
                    true,
                    "Killing",
                    "Container " + Json.text(containerSpec(), "name") + " failed "
                            + name.toLowerCase(java.util.Locale.ROOT) + " probe, will be restarted");
            beginEnd(now, Duration.ZERO, grace());
        }
    }
}
