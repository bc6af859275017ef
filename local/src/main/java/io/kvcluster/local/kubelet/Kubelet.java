package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.http.PodLogs;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.kind.BuiltInKinds;
import io.kvcluster.local.api.resource.DeleteOptions;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.resource.WriteOptions;
import io.kvcluster.local.api.store.Watch;
import io.kvcluster.local.controllers.EventRecorder;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs every scheduled pod. One thread owns all pods; probes and logs run beside it and post back. It takes its wishes from
 * an API server that may come and go: without one it keeps every known pod running, restarts what crashes, and reports
 * later.
 */
public final class Kubelet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Kubelet.class);
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration RESYNC = Duration.ofSeconds(5);
    private static final WriteOptions OPTIONS = WriteOptions.by("kubelet");

    private final Clock clock;
    private final KubeletConfig config;
    private final Loopback loopback;
    private final ProcessTable processes;
    private final LogFiles logs;
    private final Prober prober = new Prober();
    private final FaultFiles faults;
    private final Launch launch;
    private final Cache cache = new Cache();
    private final Set<PodKey> switchedOff = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Map<PodKey, PodWorker> workers = new LinkedHashMap<>();
    private final Thread thread;
    private final Thread lastResort = new Thread(this::endWithTheJvm, "kubelet-last-resort");
    private volatile List<RunningPod> published = List.of();
    private volatile boolean stopping;
    private @Nullable Server server;

    /** The API server of the moment. */
    private record Server(Resources resources, EventRecorder events, Watch watch) {}

    private final Machinery machinery = new Machinery() {
        @Override
        public Launch launch() {
            return launch;
        }

        @Override
        public Prober prober() {
            return prober;
        }

        @Override
        public LogFiles logs() {
            return logs;
        }

        @Override
        public ProcessTable processes() {
            return processes;
        }

        @Override
        public Objects objects() {
            return cache;
        }

        @Override
        public void post(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void report(ObjectNode pod, boolean normal, String reason, String message) {
            LOG.info("{} {}: {}", PodKey.of(pod), reason, message);
            if (server != null && normal) {
                server.events().normal(pod, reason, message);
            } else if (server != null) {
                server.events().warning(pod, reason, message);
            }
        }
    };

    private Kubelet(KubeletConfig config) throws IOException {
        this.config = config;
        this.clock = config.clock();
        this.processes = new ProcessTable(config.folder().resolve("processes"));
        this.logs = new LogFiles(config.folder().resolve("logs"), clock);
        this.faults = FaultFiles.in(config.folder().resolve("faults"), config.experiments());
        this.launch = new Launch(config.java(), config.images(), faults);
        int stale = processes.killStale();
        if (stale > 0) {
            LOG.warn("ended {} processes that an earlier run left behind", stale);
        }
        this.loopback = Loopback.open(config.folder().resolve("network.json"), config.random());
        Runtime.getRuntime().addShutdownHook(lastResort);
        this.thread = Thread.ofPlatform().name("kubelet").start(this::loop);
    }

    /**
     * Ends what an earlier run left behind, and starts without any pods.
     *
     * @throws IOException when the folder cannot be used, or no loopback network is free
     */
    public static Kubelet start(KubeletConfig config) throws IOException {
        java.nio.file.Files.createDirectories(config.folder());
        return new Kubelet(config);
    }

    /** Takes pods from this API server from now on. */
    public void connect(Resources resources) {
        EventRecorder events = new EventRecorder(resources, clock, "kubelet");
        Watch watch = resources.watchEverything();
        tasks.add(() -> {
            server = new Server(resources, events, watch);
            sync(server);
        });
    }

    /** Goes on without an API server. */
    public void disconnect() {
        tasks.add(() -> server = null);
    }

    /** The pods whose processes live now. */
    public List<RunningPod> pods() {
        return published;
    }

    public PodLogs podLogs() {
        return logs;
    }

    public FaultFiles faults() {
        return faults;
    }

    /** Freezes a pod's process, as SIGSTOP does. */
    public void pause(RunningPod pod) {
        Signals.pause(pod.process());
    }

    /** Lets a frozen process go on. */
    public void resume(RunningPod pod) {
        Signals.resume(pod.process());
    }

    /** As when the machine under the pod loses its power: its process ends at once, and none starts before {@link #switchOn}. */
    public void switchOff(RunningPod pod) {
        switchedOff.add(new PodKey(pod.namespace(), pod.name()));
        pod.process().toHandle().destroyForcibly();
    }

    /** The machine under the pod of that name has power again. */
    public void switchOn(String namespace, String name) {
        switchedOff.remove(new PodKey(namespace, name));
    }

    private void loop() {
        Instant nextSync = Instant.MIN;
        try {
            while (!stopping) {
                Runnable task = tasks.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
                while (task != null) {
                    task.run();
                    task = tasks.poll();
                }
                Instant now = clock.instant();
                if (changed() || !now.isBefore(nextSync)) {
                    syncIfConnected();
                    nextSync = now.plus(RESYNC);
                }
                step(now);
            }
            shutDown();
        } catch (InterruptedException e) {
            LOG.warn("kubelet interrupted");
            killAll();
        } catch (RuntimeException e) {
            LOG.error("bug in the kubelet; its pods end", e);
            killAll();
        }
    }

    private boolean changed() throws InterruptedException {
        Server connected = server;
        if (connected == null) {
            return false;
        }
        boolean any = false;
        while (connected.watch().poll(0, TimeUnit.MILLISECONDS) != null) {
            any = true;
        }
        if (connected.watch().ended()) {
            reconnect(connected);
            return true;
        }
        return any;
    }

    private void reconnect(Server connected) {
        try {
            server = new Server(
                    connected.resources(),
                    connected.events(),
                    connected.resources().watchEverything());
        } catch (ApiError e) {
            LOG.info("the API server is away: {}", e.getMessage());
            server = null;
        }
    }

    private void syncIfConnected() {
        if (server != null) {
            sync(server);
        }
    }

    private void sync(Server connected) {
        try {
            cache.refresh(connected.resources());
            Set<PodKey> present = new HashSet<>();
            for (ObjectNode pod : connected.resources().list(BuiltInKinds.POD, "")) {
                if (!Json.text(pod, "spec", "nodeName").isEmpty()) {
                    present.add(PodKey.of(pod));
                    take(pod);
                }
            }
            workers.values().stream()
                    .filter(worker -> !present.contains(worker.key()))
                    .forEach(PodWorker::vanish);
            if (cache.takeChanged()) {
                refreshVolumes();
            }
        } catch (ApiError e) {
            LOG.debug("the API server is away: {}", e.getMessage());
        }
    }

    private void take(ObjectNode pod) {
        PodKey key = PodKey.of(pod);
        PodWorker worker = workers.get(key);
        String phase = Json.text(pod, "status", "phase");
        if (worker == null) {
            boolean done = phase.equals("Succeeded") || phase.equals("Failed");
            boolean deleting = pod.path("metadata").has("deletionTimestamp");
            if (!done || deleting) {
                String uid = Json.text(pod, "metadata", "uid");
                workers.put(
                        key,
                        new PodWorker(
                                pod,
                                loopback.address(key.namespace(), key.name()),
                                machinery,
                                config.folder()
                                        .resolve("pods")
                                        .resolve(key.namespace() + "_" + key.name() + "_" + uid)));
            }
        } else if (worker.uid().equals(Json.text(pod, "metadata", "uid"))) {
            worker.observe(pod);
        } else {
            worker.vanish(); // a new pod of the same name waits until the old one's process has ended
        }
    }

    private void refreshVolumes() {
        for (PodWorker worker : workers.values()) {
            try {
                worker.refreshVolumes();
            } catch (IOException e) {
                LOG.warn("volumes of {} could not be written: {}", worker.key(), e.getMessage());
            }
        }
    }

    private void step(Instant now) {
        List<RunningPod> running = new ArrayList<>();
        for (PodWorker worker : List.copyOf(workers.values())) {
            worker.step(now, !switchedOff.contains(worker.key()));
            writeStatus(worker, now);
            if (worker.isOver()) {
                finish(worker);
            }
            worker.container()
                    .running()
                    .ifPresent(is -> running.add(new RunningPod(
                            worker.key().namespace(),
                            worker.key().name(),
                            worker.address(),
                            worker.isReady(),
                            worker.pod(),
                            is.process())));
        }
        published = List.copyOf(running);
    }

    private void writeStatus(PodWorker worker, Instant now) {
        Server connected = server;
        if (connected == null || worker.isGone()) {
            return;
        }
        ObjectNode wanted = Json.normalised(PodStatus.of(worker, now));
        if (wanted.equals(worker.pod().path("status"))) {
            return;
        }
        try {
            String uid = worker.uid();
            ObjectNode written = connected
                    .resources()
                    .edit(
                            BuiltInKinds.POD,
                            worker.key().namespace(),
                            worker.key().name(),
                            "status",
                            OPTIONS,
                            pod -> {
                                if (Json.text(pod, "metadata", "uid").equals(uid)) {
                                    pod.set("status", wanted);
                                }
                            })
                    .object();
            if (Json.text(written, "metadata", "uid").equals(uid)) {
                worker.observe(written);
            }
        } catch (ApiError e) {
            LOG.debug("status of {} is written later: {}", worker.key(), e.getMessage());
        }
    }

    /** Confirms the end of a deleted pod and forgets it. */
    private void finish(PodWorker worker) {
        boolean deleted = worker.pod().path("metadata").has("deletionTimestamp");
        Server connected = server;
        if (deleted && !worker.isGone()) {
            if (connected == null) {
                return; // nobody to tell yet
            }
            try {
                connected
                        .resources()
                        .delete(
                                BuiltInKinds.POD,
                                worker.key().namespace(),
                                worker.key().name(),
                                DeleteOptions.confirmed(worker.uid()));
            } catch (ApiError e) {
                if (e.code() == 503) {
                    return;
                }
                LOG.debug("end of {}: {}", worker.key(), e.getMessage());
            }
        }
        if (deleted || worker.isGone()) {
            workers.remove(worker.key());
            try {
                worker.removeVolumes();
            } catch (IOException e) {
                LOG.warn("volumes of {} could not be removed: {}", worker.key(), e.getMessage());
            }
            syncIfConnected();
        }
    }

    private void shutDown() throws InterruptedException {
        server = null;
        Instant now = clock.instant();
        workers.values().forEach(worker -> worker.shutDown(now, config.shutdownGrace()));
        boolean left = true;
        while (left) {
            Instant moment = clock.instant();
            left = false;
            for (PodWorker worker : workers.values()) {
                if (worker.container().running().isPresent()) {
                    worker.step(moment, true);
                    left = true;
                }
            }
            Thread.sleep(TICK);
        }
        published = List.of();
    }

    /** The JVM ends without anybody having closed this: pods still get their time, and none outlives the JVM. */
    private void endWithTheJvm() {
        stopping = true;
        try {
            thread.join(config.shutdownGrace().plusSeconds(5));
        } catch (InterruptedException e) {
            LOG.debug("interrupted while the JVM ends");
        }
        killAll();
    }

    private void killAll() {
        published.forEach(pod -> pod.process().toHandle().destroyForcibly());
    }

    /** Ends every process, in an orderly way first. */
    @Override
    public void close() throws IOException {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        prober.close();
        loopback.close();
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException e) {
            LOG.debug("closed while the JVM shuts down");
        }
    }
}
