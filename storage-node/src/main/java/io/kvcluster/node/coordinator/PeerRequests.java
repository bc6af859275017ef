package io.kvcluster.node.coordinator;

import com.google.protobuf.UnsafeByteOperations;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.peer.PeerRequestHandler;
import io.kvcluster.node.replica.Held;
import io.kvcluster.node.replica.PartitionReplica;
import io.kvcluster.node.replica.ReadListener;
import io.kvcluster.node.replica.Refusal;
import io.kvcluster.node.replica.WriteListener;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.version.KeyRecord;
import io.kvcluster.node.version.MalformedRecordException;
import io.kvcluster.node.version.RecordCodec;
import io.kvcluster.node.wire.Forwards;
import io.kvcluster.node.wire.RefusedException;
import io.kvcluster.proto.peer.Dot;
import io.kvcluster.proto.peer.ForwardAnswer;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.ReadAnswer;
import io.kvcluster.proto.peer.ReadRequest;
import io.kvcluster.proto.peer.VersionAnswer;
import io.kvcluster.proto.peer.VersionQuestion;
import io.kvcluster.proto.peer.WriteAnswer;
import io.kvcluster.proto.peer.WriteRequest;
import io.kvcluster.proto.ring.RingTable;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves what other coordinators ask of this node's replicas: takes each request of a frame to its partition's loop, one
 * post per loop and frame. A request made under a newer ring than this node's is not answered before that ring is here; it
 * waits on the loop, within its deadline and a bound.
 */
public final class PeerRequests implements PeerRequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(PeerRequests.class);

    private final List<PartitionReplica> replicas;
    private final List<Loop> loops;
    private final Supplier<@Nullable Ring> rings;
    private final CommandHandler coordinator;
    private final Clock clock;
    private final OperationEvents events;

    /** How long a request made under a newer ring sleeps before it looks again. */
    private static final long RING_POLL_NANOS = 20_000_000;

    PeerRequests(
            List<PartitionReplica> replicas,
            List<Loop> loops,
            Supplier<@Nullable Ring> rings,
            CommandHandler coordinator,
            Clock clock,
            OperationEvents events) {
        this.replicas = List.copyOf(replicas);
        this.loops = List.copyOf(loops);
        this.rings = rings;
        this.coordinator = coordinator;
        this.clock = clock;
        this.events = events;
    }

    @Override
    public void handle(String fromStoreId, List<PeerMessage> requests, Responder responder) {
        if (loops.size() == 1) {
            List<PeerMessage> forLoop = new ArrayList<>(requests.size());
            requests.forEach(request -> sort(request, responder, forLoop));
            post(loops.getFirst(), forLoop, responder);
            return;
        }
        List<List<PeerMessage>> byLoop = new ArrayList<>(loops.size());
        loops.forEach(_ -> byLoop.add(new ArrayList<>()));
        for (PeerMessage request : requests) {
            sort(request, responder, byLoop.get(Integer.remainderUnsigned(partitionOf(request), loops.size())));
        }
        for (int i = 0; i < loops.size(); i++) {
            post(loops.get(i), byLoop.get(i), responder);
        }
    }

    /** Forwarded commands go the way of a client's; all else to its loop. */
    private void sort(PeerMessage request, Responder responder, List<PeerMessage> forLoop) {
        if (request.hasForwardRequest()) {
            forwarded(request, responder);
        } else if (Integer.compareUnsigned(partitionOf(request), replicas.size()) < 0) {
            forLoop.add(request);
        } else {
            responder.answer(refusal(request, PeerStatus.PEER_NOT_A_REPLICA));
        }
    }

    private void post(Loop loop, List<PeerMessage> requests, Responder responder) {
        if (requests.isEmpty()) {
            return;
        }
        long arrived = clock.nanos();
        boolean taken = loop.offer(
                () -> requests.forEach(request -> serve(loop, request, arrived, traced(request, responder))));
        if (!taken) {
            events.overloaded();
            requests.forEach(request -> responder.answer(refusal(request, PeerStatus.PEER_OVERLOADED)));
        }
    }

    private void forwarded(PeerMessage request, Responder responder) {
        try {
            Command command = Forwards.decode(request.getForwardRequest(), clock.nanos());
            Consumer<Outcome> answer = outcome -> responder.answer(forwardAnswer(request, Forwards.encode(outcome)));
            if (isTraced(request)) {
                events.within(request.getTrace(), () -> coordinator.handle(command, answer));
            } else {
                coordinator.handle(command, answer);
            }
        } catch (RefusedException e) {
            responder.answer(forwardAnswer(request, Forwards.encode(Forwards.refusal(e))));
        }
    }

    private static PeerMessage.Builder forwardAnswer(PeerMessage request, ForwardAnswer answer) {
        return PeerMessage.newBuilder().setId(request.getId()).setForwardAnswer(answer);
    }

    private boolean isTraced(PeerMessage request) {
        return events.tracing() && !request.getTrace().isEmpty();
    }

    private Responder traced(PeerMessage request, Responder responder) {
        if (!isTraced(request)) {
            return responder;
        }
        Runnable ended = events.served(
                request.getTrace(),
                switch (request.getBodyCase()) {
                    case VERSION_QUESTION -> OperationTrace.Step.VERSION_QUESTION;
                    case READ_REQUEST -> OperationTrace.Step.READ;
                    default ->
                        request.getWriteRequest().getWriteBack()
                                ? OperationTrace.Step.WRITE_BACK
                                : OperationTrace.Step.WRITE;
                });
        return answer -> {
            ended.run();
            responder.answer(answer);
        };
    }

    // --- on the loop -----------------------------------------------------------------------------------------------

    private void serve(Loop loop, PeerMessage request, long arrived, Responder responder) {
        if (clock.nanos() - arrived > deadlineMillis(request) * 1_000_000L) {
            responder.answer(refusal(request, PeerStatus.PEER_EXPIRED));
            return;
        }
        Ring ring = rings.get();
        if (ring == null || ring.epoch() < request.getEpoch()) {
            loop.after(RING_POLL_NANOS, () -> serve(loop, request, arrived, responder));
            return;
        }
        try {
            switch (request.getBodyCase()) {
                case VERSION_QUESTION -> question(request, request.getVersionQuestion(), responder);
                case READ_REQUEST -> read(request, request.getReadRequest(), responder);
                case WRITE_REQUEST -> write(request, request.getWriteRequest(), responder);
                default -> throw new IllegalStateException("sorted wrongly: " + request.getBodyCase());
            }
        } catch (MalformedRecordException e) {
            // what a peer sends must not bring this node down: one bad record would fell every replica of its key
            LOG.error("peer sent a record that cannot be read: partition={} {}", partitionOf(request), e.getMessage());
            responder.answer(refusal(request, PeerStatus.PEER_FAILED));
        }
    }

    private void question(PeerMessage request, VersionQuestion question, Responder responder) {
        replicas.get(question.getPartition())
                .question(
                        Key.of(question.getKey().toByteArray()),
                        request.getEpoch(),
                        dot -> {
                            VersionAnswer.Builder answer =
                                    VersionAnswer.newBuilder().setStatus(PeerStatus.OK);
                            if (dot != null) {
                                answer.setGreatest(Dot.newBuilder()
                                        .setHlc(dot.hlc())
                                        .setStore(dot.actor().storeId())
                                        .setIncarnation(dot.actor().incarnation()));
                            }
                            responder.answer(answerTo(request).setVersionAnswer(answer));
                        },
                        why -> responder.answer(refusal(request, Replication.toStatus(why))));
    }

    private void read(PeerMessage request, ReadRequest read, Responder responder) {
        int fullLimit = fullLimit(read);
        Key key = Key.of(read.getKey().toByteArray());
        PartitionReplica replica = replicas.get(read.getPartition());
        ReadListener listener = new ReadListener() {
            @Override
            public void held(Held held) {
                ReadAnswer.Builder answer = ReadAnswer.newBuilder()
                        .setStatus(PeerStatus.OK)
                        .setExists(held.meta() != null)
                        .setDigest(held.digest());
                byte[] encoded = held.encoded();
                if (encoded != null) {
                    answer.setRecord(UnsafeByteOperations.unsafeWrap(encoded));
                }
                responder.answer(answerTo(request).setReadAnswer(answer));
            }

            @Override
            public void refused(Refusal why) {
                responder.answer(refusal(request, Replication.toStatus(why)));
            }
        };
        if (read.getRepair() && !read.getDigestOnly()) {
            replica.repair().read(key, request.getEpoch(), listener);
        } else {
            replica.read(key, request.getEpoch(), fullLimit, listener);
        }
    }

    /** Bytes up to which a record itself is wanted. */
    private static int fullLimit(ReadRequest read) {
        if (!read.getDigestOnly()) {
            return Integer.MAX_VALUE;
        }
        return read.getRepair() ? 0 : Limits.FULL_READ_BYTES;
    }

    private void write(PeerMessage request, WriteRequest write, Responder responder) {
        byte[] encoded = write.getRecord().toByteArray();
        KeyRecord record = RecordCodec.decode(encoded);
        PartitionReplica replica = replicas.get(write.getPartition());
        Key key = Key.of(write.getKey().toByteArray());
        WriteListener listener = new WriteListener() {
            @Override
            public void durable() {
                WriteAnswer.Builder answer = WriteAnswer.newBuilder().setStatus(PeerStatus.OK);
                if (write.getWriteBack()) {
                    answer.setDigest(replica.repair().digest(key))
                            .setPauseMillis(replica.repair().pauseMillis());
                }
                responder.answer(answerTo(request).setWriteAnswer(answer));
            }

            @Override
            public void refused(Refusal why) {
                responder.answer(refusal(request, Replication.toStatus(why)));
            }
        };
        if (write.getWriteBack()) {
            replica.writeBack(key, record, encoded, request.getEpoch(), listener);
        } else {
            replica.write(key, record, encoded, request.getEpoch(), listener);
        }
    }

    private PeerMessage.Builder answerTo(PeerMessage request) {
        Ring ring = rings.get();
        return PeerMessage.newBuilder().setId(request.getId()).setEpoch(ring == null ? 0 : ring.epoch());
    }

    private PeerMessage.Builder refusal(PeerMessage request, PeerStatus status) {
        PeerMessage.Builder answer = answerTo(request);
        RingTable ring = status == PeerStatus.PEER_WRONG_EPOCH ? ringTable() : null;
        switch (request.getBodyCase()) {
            case VERSION_QUESTION -> {
                VersionAnswer.Builder version = VersionAnswer.newBuilder().setStatus(status);
                answer.setVersionAnswer(ring == null ? version : version.setRing(ring));
            }
            case READ_REQUEST -> {
                ReadAnswer.Builder read = ReadAnswer.newBuilder().setStatus(status);
                answer.setReadAnswer(ring == null ? read : read.setRing(ring));
            }
            default -> {
                WriteAnswer.Builder write = WriteAnswer.newBuilder().setStatus(status);
                answer.setWriteAnswer(ring == null ? write : write.setRing(ring));
            }
        }
        return answer;
    }

    private @Nullable RingTable ringTable() {
        Ring ring = rings.get();
        return ring == null ? null : ring.table();
    }

    private static int partitionOf(PeerMessage request) {
        return switch (request.getBodyCase()) {
            case VERSION_QUESTION -> request.getVersionQuestion().getPartition();
            case READ_REQUEST -> request.getReadRequest().getPartition();
            case WRITE_REQUEST -> request.getWriteRequest().getPartition();
            case FORWARD_REQUEST -> 0;
            default -> Integer.MAX_VALUE;
        };
    }

    private static long deadlineMillis(PeerMessage request) {
        int millis = switch (request.getBodyCase()) {
            case VERSION_QUESTION -> request.getVersionQuestion().getDeadlineMillis();
            case READ_REQUEST -> request.getReadRequest().getDeadlineMillis();
            case WRITE_REQUEST -> request.getWriteRequest().getDeadlineMillis();
            default -> 0;
        };
        return Integer.toUnsignedLong(millis);
    }
}
