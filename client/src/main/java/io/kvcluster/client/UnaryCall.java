package io.kvcluster.client;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One attempt at one node: at most one request leaves, gRPC's own retries are off. */
final class UnaryCall<Q, R> extends ClientCall.Listener<R> {

    /** What came of an attempt. */
    sealed interface Answer<R> {
        record Got<R>(R response, Node node) implements Answer<R> {}

        record Missed<R>(CallFailure failure, Node node) implements Answer<R> {}
    }

    private final Node node;
    private final Consumer<Answer<R>> then;
    private volatile boolean taken;
    private volatile boolean left;
    private @Nullable R response;

    private UnaryCall(Node node, Consumer<Answer<R>> then) {
        this.node = node;
        this.then = then;
    }

    /** @param then called exactly once, on a network thread or on the caller's */
    static <Q, R> void send(
            Node node,
            ManagedChannel channel,
            MethodDescriptor<Q, R> method,
            Q request,
            long timeoutNanos,
            Consumer<Answer<R>> then) {
        UnaryCall<Q, R> listener = new UnaryCall<>(node, then);
        CallOptions options = CallOptions.DEFAULT
                .withDeadlineAfter(timeoutNanos, TimeUnit.NANOSECONDS)
                .withStreamTracerFactory(listener.new TransportWatch());
        ClientCall<Q, R> call = channel.newCall(method, options);
        node.asked();
        call.start(listener, new Metadata());
        call.request(2);
        call.sendMessage(request);
        call.halfClose();
    }

    @Override
    public void onMessage(R message) {
        response = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        R message = response;
        if (status.isOk() && message != null) {
            node.ended(true);
            then.accept(new Answer.Got<>(message, node));
        } else {
            Status error = status.isOk() ? Status.INTERNAL.withDescription("answered without a message") : status;
            CallFailure failure = CallFailure.of(error, trailers, mayHaveBeenSent(error), node.toString());
            node.ended(!failure.nodeSuspect());
            then.accept(new Answer.Missed<>(failure, node));
        }
    }

    /**
     * A request that no connection took was not sent; nor was one whose connection ended before its headers had left, for what
     * follows them cannot arrive either. A call that was cut short says nothing of that kind: its headers may still leave.
     */
    private boolean mayHaveBeenSent(Status error) {
        return error.getCode() == Status.Code.UNAVAILABLE ? left : taken;
    }

    private final class TransportWatch extends ClientStreamTracer.Factory {
        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes transportAttributes, Metadata streamHeaders) {
                    taken = true;
                }

                @Override
                public void outboundHeaders() {
                    left = true;
                }
            };
        }
    }
}
