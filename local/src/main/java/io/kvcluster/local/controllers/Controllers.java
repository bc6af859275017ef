package io.kvcluster.local.controllers;

import io.kvcluster.local.api.error.ApiError;
import io.kvcluster.local.api.resource.Resources;
import io.kvcluster.local.api.store.Watch;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs every pass after each change, and once a second for what only time changes. One thread. */
public final class Controllers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controllers.class);
    private static final long IDLE_MILLIS = 1_000;

    private final Resources resources;
    private final List<Pass> passes;
    private final Thread thread;
    private volatile boolean stopping;

    private Controllers(Resources resources, Path volumes, Clock clock) {
        this.resources = resources;
        EventRecorder events = new EventRecorder(resources, clock, "controllers");
        this.passes = List.of(
                new Namespaces(),
                new Definitions(),
                new GarbageCollector(),
                new StatefulSets(events),
                new Claims(volumes),
                new Scheduler(events, clock),
                new EndpointLists(),
                new Budgets(),
                new EventExpiry(clock));
        this.thread = Thread.ofPlatform().name("controllers").daemon(true).start(this::loop);
    }

    /** @param volumes folder in which each bound claim gets a folder */
    public static Controllers start(Resources resources, Path volumes, Clock clock) {
        return new Controllers(resources, volumes, clock);
    }

    private void loop() {
        while (!stopping) {
            try (Watch watch = resources.watchEverything()) {
                while (!stopping && !watch.ended()) {
                    passes.forEach(this::run);
                    if (watch.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS) != null) {
                        drain(watch);
                    }
                }
            } catch (InterruptedException e) {
                return;
            } catch (ApiError e) {
                LOG.debug("the API server is away: {}", e.getMessage());
                return;
            }
        }
    }

    private static void drain(Watch watch) throws InterruptedException {
        while (watch.poll(0, TimeUnit.MILLISECONDS) != null) {
            // The passes look at everything: one change is as good as many.
        }
    }

    private void run(Pass pass) {
        try {
            pass.run(resources);
        } catch (ApiError e) {
            if (!stopping) {
                LOG.debug("{} tries again: {}", pass.getClass().getSimpleName(), e.getMessage());
            }
        } catch (RuntimeException e) {
            LOG.error("bug in {}", pass.getClass().getSimpleName(), e);
        }
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
