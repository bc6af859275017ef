package io.kvcluster.e2e.chaos;

import io.kvcluster.e2e.traffic.Fault;
import io.kvcluster.ring.Ring;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Breaks one node after the other, with a moment of quiet after each, until the run is over. */
final class NodeLane implements Runnable {
    private static final Duration QUIET = Duration.ofSeconds(2);
    /** What takes no time is followed so long, to see what it does to what is written meanwhile. */
    private static final Duration LEAST = Duration.ofSeconds(3);

    private final Ground ground;
    private final Injector injector;
    private final Probes probes;

    NodeLane(Ground ground, Injector injector, Probes probes) {
        this.ground = ground;
        this.injector = injector;
        this.probes = probes;
    }

    @Override
    public void run() {
        Ground.letPass(QUIET);
        while (!ground.isOver()) {
            ground.whileNobodyBreaksNodes(this::one);
            ground.progress.now("");
            Ground.letPass(QUIET);
        }
    }

    private void one() {
        if (!ground.awaitWhole("what came before") || ground.isOver()) {
            return;
        }
        AtomicReference<Chosen> chosen = new AtomicReference<>();
        ground.withApi(() -> chosen.set(choose()));
        breakNode(chosen.get());
    }

    private record Chosen(Ring ring, FaultKind kind, Injector.Victim victim) {}

    private Chosen choose() {
        Ring ring = ground.strength.ring().orElseThrow();
        FaultKind kind = injector.nextKind(ring);
        return new Chosen(ring, kind, injector.victim(kind, ring));
    }

    private void breakNode(Chosen chosen) {
        FaultKind kind = chosen.kind();
        Injector.Victim victim = chosen.victim();
        String what = kind.label() + " " + victim.name();
        ground.progress.now(what);
        Probes.Trace trace = probes.begin();
        Optional<Fault> fault = injector.make(kind, victim);
        if (fault.isPresent()) {
            long rest = LEAST.toNanos() - (System.nanoTime() - fault.get().fromNanos());
            if (rest > 0) {
                Ground.letPass(Duration.ofNanos(rest));
            }
        }
        probes.end();
        ground.progress.now("after " + what);
        if (!ground.awaitWhole(what) || fault.isEmpty()) {
            return;
        }
        Duration whole = Duration.ofNanos(System.nanoTime() - fault.get().toNanos());
        Set<String> keys = hotKeysOf(chosen.ring(), victim.pods());
        ground.made(
                kind,
                () -> new Injected(
                        kind,
                        victim.name(),
                        keys,
                        fault.get(),
                        new Injected.Recovery(Optional.of(whole), trace.timeToEqual())));
    }

    /** Of the hot keys those for which clients ask these pods first. */
    private static Set<String> hotKeysOf(Ring ring, List<String> pods) {
        Set<String> keys = new HashSet<>();
        for (String key : Populations.hotKeys()) {
            int partition = ring.partitionOf(key.getBytes(StandardCharsets.UTF_8));
            if (pods.contains(ring.primary(partition).getName())) {
                keys.add(key);
            }
        }
        return keys;
    }
}
