package io.kvcluster.node.membership;

import io.kvcluster.node.seams.Loop;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingCheck;
import io.kvcluster.ring.RingJson;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ring file that Kubernetes mounts, looked at every few seconds: the fallback when neither operator nor peers are heard.
 * It lags by a minute, so an older ring in it is normal.
 */
public final class MountedRing {
    private static final Logger log = LoggerFactory.getLogger(MountedRing.class);

    private final Source source;
    private final RingKeeper keeper;
    private final Loop loop;
    private final Duration every;
    private String lastRead = "";
    private String lastProblem = "";

    /** Where the text comes from. */
    public interface Source {
        /** Empty while the file is absent. May block. @throws IOException when it is there and cannot be read, or is too large */
        Optional<String> read() throws IOException;
    }

    /** @param loop the keeper's, which may block */
    public MountedRing(Source source, RingKeeper keeper, Loop loop, Duration every) {
        this.source = source;
        this.keeper = keeper;
        this.loop = loop;
        this.every = every;
    }

    /** Looks at once and then for ever. */
    public void start() {
        loop.post(this::look);
    }

    private void look() {
        loop.after(every.toNanos(), this::look);
        try {
            source.read().filter(text -> !text.equals(lastRead)).ifPresent(this::offer);
        } catch (IOException failed) {
            problem("cannot be read: " + failed.getMessage());
        }
    }

    private void offer(String text) {
        switch (RingJson.read(text)) {
            case RingCheck.Invalid invalid -> {
                lastRead = text;
                problem(invalid.message());
            }
            case RingCheck.Valid(Ring ring) ->
                keeper.offer(ring.table(), "the mounted file", decision -> {
                    // Not ready yet, or the disk was full: the same text deserves another look.
                    boolean again = decision instanceof RingDecision.Refused(RingDecision.Cause cause, String why)
                            && cause == RingDecision.Cause.NOT_READY;
                    lastRead = again ? "" : text;
                });
        }
    }

    private void problem(String what) {
        if (!what.equals(lastProblem)) {
            lastProblem = what;
            log.warn("The mounted ring file {}", what);
        }
    }
}
