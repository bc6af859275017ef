package io.kvcluster.operator.nodeadmin;

import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.kvcluster.proto.admin.NodeAdminServiceGrpc;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.admin.WatchStatusRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The status stream of one pod. Everything but {@link #state} runs on the watcher's one thread.
 *
 * <p>Down is said in two cases: twice in a row no stream could be had (the process is gone and says so by refusing), or nothing
 * arrived for downAfter less a margin for telling it. Dials follow each other after 0.2 s, later 0.4 s, so a node that is back is
 * seen within 2 s.
 */
final class NodeWatch {
    static final Duration FIRST_REDIAL = Duration.ofMillis(200);
    static final Duration REDIAL = Duration.ofMillis(400);
    /** For the way from the decision to the status of the KvCluster. */
    static final Duration TELLING = Duration.ofMillis(500);

    private final ManagedChannel channel;
    private final InstantSource clock;
    private final Executor loop;
    private final Runnable changed;

    private Duration downAfter;
    private Instant silentSince;
    /** Of the stream that is open, or else of the next. */
    private Instant dialAt;

    private int failures;
    private @Nullable Stream stream;
    private volatile NodeState state;

    NodeWatch(ManagedChannel channel, InstantSource clock, Executor loop, Duration downAfter, Runnable changed) {
        this.channel = channel;
        this.clock = clock;
        this.loop = loop;
        this.downAfter = downAfter;
        this.changed = changed;
        Instant now = clock.instant();
        this.silentSince = now;
        this.dialAt = now;
        this.state = new NodeState(Liveness.UNKNOWN, now, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Any thread. */
    NodeState state() {
        return state;
    }

    ManagedChannel channel() {
        return channel;
    }

    void downAfter(Duration duration) {
        downAfter = duration;
    }

    /** Looks at the time; called several times a second. */
    void tick() {
        Instant now = clock.instant();
        if (!now.isBefore(silentSince.plus(downAfter).minus(TELLING))) {
            liveness(Liveness.DOWN, now);
            if (stream != null && !now.isBefore(dialAt.plus(downAfter))) {
                // Open for long, but nothing comes: a half-open connection stays so for ever unless it is given up.
                channel.enterIdle();
                redial(now);
            }
        }
        if (stream == null && !now.isBefore(dialAt)) {
            dial();
        }
    }

    void acknowledged(Publication publication) {
        state = new NodeState(
                state.liveness(), state.since(), state.heardAt(), state.report(), Optional.of(publication));
        changed.run();
    }

    void close() {
        channel.shutdownNow();
    }

    private void dial() {
        Stream opened = new Stream();
        stream = opened;
        dialAt = clock.instant();
        channel.resetConnectBackoff();
        NodeAdminServiceGrpc.newStub(channel).watchStatus(WatchStatusRequest.getDefaultInstance(), opened);
    }

    private void redial(Instant now) {
        if (stream != null) {
            stream.cancel();
            stream = null;
        }
        dialAt = now;
    }

    private void heard(NodeReport report) {
        Instant now = clock.instant();
        silentSince = now;
        failures = 0;
        boolean news = state.report()
                .map(before -> !before.withoutLoad().equals(report.withoutLoad()))
                .orElse(true);
        state = new NodeState(
                state.liveness(), state.since(), Optional.of(now), Optional.of(report), state.acknowledged());
        if (!liveness(Liveness.UP, now) && news) {
            changed.run();
        }
    }

    private void lost() {
        Instant now = clock.instant();
        failures++;
        stream = null;
        dialAt = now.plus(failures < 2 ? FIRST_REDIAL : REDIAL);
        if (failures >= 2) {
            liveness(Liveness.DOWN, now);
        }
    }

    private boolean liveness(Liveness liveness, Instant now) {
        if (state.liveness() == liveness) {
            return false;
        }
        state = new NodeState(liveness, now, state.heardAt(), state.report(), state.acknowledged());
        changed.run();
        return true;
    }

    /** Passes what gRPC's threads bring to the loop; a stream that was given up is not listened to any more. */
    private final class Stream implements ClientResponseObserver<WatchStatusRequest, NodeStatus> {
        private volatile @Nullable ClientCallStreamObserver<WatchStatusRequest> call;

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchStatusRequest> requests) {
            call = requests;
        }

        @Override
        public void onNext(NodeStatus status) {
            NodeReport report = Wire.report(status);
            loop.execute(() -> {
                if (stream == this) {
                    heard(report);
                }
            });
        }

        @Override
        public void onError(Throwable error) {
            ended();
        }

        @Override
        public void onCompleted() {
            ended();
        }

        private void ended() {
            loop.execute(() -> {
                if (stream == this) {
                    lost();
                }
            });
        }

        private void cancel() {
            ClientCallStreamObserver<WatchStatusRequest> open = call;
            if (open != null) {
                open.cancel("no report for too long", null);
            }
        }
    }
}
