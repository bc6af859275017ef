package io.kvcluster.local.kubelet;

import java.time.Instant;

/** How one probe of a running container stands. Owned by the kubelet's thread. */
final class ProbeState {
    private final ProbeSpec spec;
    private Instant next;
    private boolean underWay;
    private int failures;
    private int successes;
    private String lastFailure = "";

    ProbeState(ProbeSpec spec, Instant started) {
        this.spec = spec;
        this.next = started.plus(spec.initialDelay());
    }

    ProbeSpec spec() {
        return spec;
    }

    /** Whether the probe has to be sent now; then it counts as sent. */
    boolean isDue(Instant now) {
        if (underWay || now.isBefore(next)) {
            return false;
        }
        underWay = true;
        next = now.plus(spec.period());
        return true;
    }

    void took(Prober.Result result) {
        underWay = false;
        if (result.success()) {
            successes++;
            failures = 0;
        } else {
            failures++;
            successes = 0;
            lastFailure = result.message();
        }
    }

    boolean hasSucceeded() {
        return successes >= spec.successThreshold();
    }

    boolean hasFailed() {
        return failures >= spec.failureThreshold();
    }

    String lastFailure() {
        return lastFailure;
    }

    int failures() {
        return failures;
    }
}
