package io.kvcluster.e2e.chaos;

import io.kvcluster.e2e.traffic.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** Kills the operator every minute and takes the API server away now and then, whatever else is going on. */
final class ControlPlaneLane implements Runnable {
    private static final Duration KILL_FIRST = Duration.ofSeconds(15);
    private static final Duration KILL_EVERY = Duration.ofSeconds(60);
    private static final Duration AWAY_FIRST = Duration.ofSeconds(40);
    private static final Duration AWAY_EVERY = Duration.ofSeconds(140);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final int SHORTEST_SECONDS = 4;
    private static final int LONGEST_SECONDS = 12;

    private final Ground ground;
    private final List<FaultKind> kinds;
    private final Random random;

    ControlPlaneLane(Ground ground, List<FaultKind> kinds, long seed) {
        this.ground = ground;
        this.kinds = kinds;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        long kill = System.nanoTime() + KILL_FIRST.toNanos();
        long away = System.nanoTime() + AWAY_FIRST.toNanos();
        while (!ground.isOver()) {
            if (kinds.contains(FaultKind.OPERATOR_KILL) && System.nanoTime() >= kill) {
                kill += KILL_EVERY.toNanos();
                ground.whileNobodyTouchesTheOperator(this::kill);
            } else if (kinds.contains(FaultKind.API_AWAY) && System.nanoTime() >= away) {
                away += AWAY_EVERY.toNanos();
                ground.whileNobodyTouchesTheOperator(this::takeApiAway);
            } else {
                Ground.letPass(LOOK);
            }
        }
    }

    private void kill() {
        Fault fault = Fault.make("operator killed", () -> ground.withApi(ground.target::killOperator));
        done(FaultKind.OPERATOR_KILL, "operator", fault);
    }

    private void takeApiAway() {
        Duration time = Duration.ofSeconds(random.nextInt(SHORTEST_SECONDS, LONGEST_SECONDS + 1));
        AtomicReference<Fault> fault = new AtomicReference<>();
        ground.withoutApi(() -> fault.set(Fault.make("API server away", () -> {
            ground.target.stopApiServer();
            try {
                Ground.letPass(time);
            } finally {
                ground.target.startApiServer();
            }
        })));
        done(FaultKind.API_AWAY, "API server", fault.get());
    }

    private void done(FaultKind kind, String subject, Fault fault) {
        if (ground.await("the operator works again", ground.target.patience(), ground.target::operatorWorks)) {
            Duration works = Duration.ofNanos(System.nanoTime() - fault.toNanos());
            ground.made(new Injected(
                    kind, subject, Set.of(), fault, new Injected.Recovery(Optional.of(works), Optional.empty())));
        }
    }
}
