package io.kvcluster.node.admin;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kvcluster.node.membership.AddressBook;
import io.kvcluster.node.membership.RingDecision;
import io.kvcluster.node.membership.RingKeeper;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.admin.AddressHint;
import io.kvcluster.proto.admin.FetchRingRequest;
import io.kvcluster.proto.admin.FetchRingResponse;
import io.kvcluster.proto.admin.NodeAdminServiceGrpc;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.admin.PushRingRequest;
import io.kvcluster.proto.admin.PushRingResponse;
import io.kvcluster.proto.admin.PushRingResponse.Verdict;
import io.kvcluster.proto.admin.WatchStatusRequest;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairResponse;
import io.kvcluster.ring.Ring;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The operator's door. Calls come on the transport's threads and are answered from the room's loop. */
public final class NodeAdminService extends NodeAdminServiceGrpc.NodeAdminServiceImplBase {
    /** Operators (two, with restarts) and people; more are refused. */
    static final int WATCHERS = 32;

    static final int HINTS = 1_024;
    static final long REPORT_EVERY_NANOS = 1_000_000_000;
    private static final Pattern STORE_ID = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9\\[][-.:A-Za-z0-9_\\[\\]]{0,252}");

    private final RingKeeper keeper;
    private final AddressBook addresses;
    private final Loop loop;
    private final Supplier<NodeStatus> status;
    private final Repairs repairs;
    private final Set<ServerCallStreamObserver<NodeStatus>> watchers = new LinkedHashSet<>();
    private boolean reporting;

    /** Carries out what was asked of repair. Any thread; must not block. */
    public interface Repairs {
        RepairResponse ask(RepairRequest request);
    }

    /**
     * @param loop owns the watchers
     * @param status a fresh report; called on {@code loop}, must not block
     * @param repairs what Repair goes to
     */
    public NodeAdminService(
            RingKeeper keeper, AddressBook addresses, Loop loop, Supplier<NodeStatus> status, Repairs repairs) {
        this.keeper = keeper;
        this.addresses = addresses;
        this.loop = loop;
        this.status = status;
        this.repairs = repairs;
    }

    @Override
    public void pushRing(PushRingRequest request, StreamObserver<PushRingResponse> caller) {
        // A caller that is gone when the ring is durable must not hurt: with a handler, late answers are dropped.
        ((ServerCallStreamObserver<PushRingResponse>) caller).setOnCancelHandler(() -> {});
        Map<String, String> hints = new HashMap<>();
        String wrong = collect(request, hints);
        if (!wrong.isEmpty()) {
            answer(caller, response(Verdict.INVALID, wrong));
            return;
        }
        addresses.hint(hints);
        keeper.offer(request.getRing(), "the operator", decision -> answer(caller, response(decision)));
    }

    /** Returns the sentence that refuses the request; empty when all hints are well formed. */
    private static String collect(PushRingRequest request, Map<String, String> hints) {
        if (!request.hasRing()) {
            return "ring is absent";
        }
        if (request.getHintsCount() > HINTS) {
            return "hints has " + request.getHintsCount() + " entries, more than " + HINTS;
        }
        for (int i = 0; i < request.getHintsCount(); i++) {
            AddressHint hint = request.getHints(i);
            if (!STORE_ID.matcher(hint.getStoreId()).matches()) {
                return "hints[" + i + "].store_id \"" + hint.getStoreId() + "\" is not 16 lower-case hex digits";
            }
            if (!ADDRESS.matcher(hint.getAddress()).matches()) {
                return "hints[" + i + "].address \"" + hint.getAddress() + "\" is not a host name or address";
            }
            hints.put(hint.getStoreId(), hint.getAddress());
        }
        return "";
    }

    private PushRingResponse response(RingDecision decision) {
        return switch (decision) {
            case RingDecision.Adopted adopted -> response(Verdict.ACCEPTED, "");
            case RingDecision.Known known -> response(Verdict.ACCEPTED, "");
            case RingDecision.Refused(RingDecision.Cause cause, String why) -> response(verdictOf(cause), why);
        };
    }

    private static Verdict verdictOf(RingDecision.Cause cause) {
        return switch (cause) {
            case OLDER -> Verdict.OLDER;
            case FORK -> Verdict.FORK;
            case OTHER_CLUSTER -> Verdict.OTHER_CLUSTER;
            case INVALID, NOT_NAMED -> Verdict.INVALID;
            case NOT_READY -> Verdict.NOT_READY;
        };
    }

    private PushRingResponse response(Verdict verdict, String message) {
        Ring now = keeper.current();
        return PushRingResponse.newBuilder()
                .setVerdict(verdict)
                .setMessage(message)
                .setEpoch(now == null ? 0 : now.epoch())
                .setHash(now == null ? "" : now.hash())
                .build();
    }

    @Override
    public void fetchRing(FetchRingRequest request, StreamObserver<FetchRingResponse> caller) {
        Ring now = keeper.current();
        FetchRingResponse.Builder response = FetchRingResponse.newBuilder();
        if (now != null) {
            response.setRing(now.table());
        }
        answer(caller, response.build());
    }

    @Override
    public void watchStatus(WatchStatusRequest request, StreamObserver<NodeStatus> caller) {
        ServerCallStreamObserver<NodeStatus> watcher = (ServerCallStreamObserver<NodeStatus>) caller;
        watcher.setOnCancelHandler(() -> loop.post(() -> watchers.remove(watcher)));
        loop.post(() -> admit(watcher));
    }

    private void admit(ServerCallStreamObserver<NodeStatus> watcher) {
        if (watcher.isCancelled()) {
            return;
        }
        if (watchers.size() >= WATCHERS) {
            watcher.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("WatchStatus has " + WATCHERS + " watchers already")
                    .asRuntimeException());
            return;
        }
        watchers.add(watcher);
        watcher.onNext(status.get());
        if (!reporting) {
            reporting = true;
            loop.after(REPORT_EVERY_NANOS, this::report);
        }
    }

    /** One report for all; who does not read misses some, and gets the newest later. */
    private void report() {
        if (watchers.isEmpty()) {
            reporting = false;
            return;
        }
        loop.after(REPORT_EVERY_NANOS, this::report);
        send();
    }

    @Override
    public void repair(RepairRequest request, StreamObserver<RepairResponse> caller) {
        ((ServerCallStreamObserver<RepairResponse>) caller).setOnCancelHandler(() -> {});
        answer(caller, repairs.ask(request));
    }

    /** A report now, because something changed that nobody should learn a second late. Any thread. */
    public void reportSoon() {
        loop.post(this::send);
    }

    private void send() {
        NodeStatus now = status.get();
        for (ServerCallStreamObserver<NodeStatus> watcher : watchers) {
            if (!watcher.isCancelled() && watcher.isReady()) {
                watcher.onNext(now);
            }
        }
    }

    private static <T> void answer(StreamObserver<T> caller, T response) {
        caller.onNext(response);
        caller.onCompleted();
    }
}
