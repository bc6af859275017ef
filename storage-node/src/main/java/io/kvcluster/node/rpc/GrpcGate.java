package io.kvcluster.node.rpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.Refusal;
import io.kvcluster.node.wire.RefusedException;
import io.kvcluster.node.wire.RequestRules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before the services, where messages are still bytes: bounds their size and number, and turns what is thrown (a
 * refusal, a message that is no protobuf, a bug) into an error that has a reason.
 */
final class GrpcGate implements ServerInterceptor {
    private static final Logger log = LoggerFactory.getLogger(GrpcGate.class);

    private final Admission admission;

    private GrpcGate(Admission admission) {
        this.admission = admission;
    }

    static ServerServiceDefinition guard(ServerServiceDefinition service, Admission admission) {
        return ServerInterceptors.intercept(
                ServerInterceptors.useInputStreamMessages(service), new GrpcGate(admission));
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Admission.Verdict verdict = admission.enter();
        if (verdict != Admission.Verdict.ADMITTED) {
            refuse(
                    call,
                    verdict == Admission.Verdict.CLOSED
                            ? Problem.shuttingDown()
                            : Problem.overloaded("this node has as many requests under way as it takes"));
            return new ServerCall.Listener<>() {};
        }
        return new GuardedListener<>(call, next.startCall(call, headers));
    }

    private static void refuse(ServerCall<?, ?> call, Problem problem) {
        GrpcProblems.Closing closing = GrpcProblems.closing(problem);
        call.close(closing.status(), closing.trailers());
    }

    /** gRPC calls it one event at a time; exactly one of onComplete and onCancel is the last. */
    private final class GuardedListener<Q> extends SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, ?> call;
        private long taken;
        private boolean refused;
        private boolean heard;

        GuardedListener(ServerCall<Q, ?> call, ServerCall.Listener<Q> service) {
            super(service);
            this.call = call;
        }

        @Override
        @SuppressWarnings("unchecked") // guard() makes every message of every service an InputStream
        public void onMessage(Q message) {
            if (refused) {
                return;
            }
            heard = true;
            try {
                super.onMessage((Q) bounded((InputStream) message));
            } catch (RefusedException wrong) {
                stop(Problem.of(wrong.refusal()));
            } catch (StatusRuntimeException malformed) {
                stop(Problem.of(invalid("the message is no protobuf of the method's request type")));
            }
        }

        @Override
        public void onHalfClose() {
            if (refused) {
                return;
            }
            if (!heard) {
                stop(Problem.of(invalid("the call carried no request message")));
                return;
            }
            try {
                super.onHalfClose();
            } catch (RefusedException wrong) {
                stop(Problem.of(wrong.refusal()));
            } catch (RuntimeException bug) {
                log.error(
                        "event=call_failed method={}",
                        call.getMethodDescriptor().getFullMethodName(),
                        bug);
                stop(Problem.internal(true));
            }
        }

        @Override
        public void onComplete() {
            admission.leave(taken);
            super.onComplete();
        }

        @Override
        public void onCancel() {
            admission.leave(taken);
            super.onCancel();
        }

        /** The transport holds the bytes already; a compressed message grows here, up to the limit. */
        private InputStream bounded(InputStream message) {
            try {
                if (message instanceof KnownLength) {
                    admit(message.available());
                    return message;
                }
                byte[] bytes = message.readNBytes(RpcLimits.MESSAGE_BYTES + 1);
                admit(bytes.length);
                return new ByteArrayInputStream(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void admit(int size) {
            if (size > RpcLimits.MESSAGE_BYTES) {
                throw RequestRules.tooMany(Reason.BODY_TOO_LARGE, "request", size, "bytes", RpcLimits.MESSAGE_BYTES);
            }
            if (!admission.take(size)) {
                throw new Refusal(Reason.OVERLOADED, "", "", "", FULL).refused();
            }
            taken += size;
        }

        private void stop(Problem problem) {
            refused = true;
            refuse(call, problem);
        }
    }

    private static final String FULL =
            "this node has as many bytes of requests under way as it takes; nothing was applied, try again later";

    private static Refusal invalid(String message) {
        return new Refusal(Reason.INVALID_BODY, "request", "", "", message);
    }
}
