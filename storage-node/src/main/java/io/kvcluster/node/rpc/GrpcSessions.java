package io.kvcluster.node.rpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.kvcluster.node.command.CommandHandler;
import io.kvcluster.node.seams.EventLoops;
import io.kvcluster.proto.kv.KvServiceGrpc;
import io.kvcluster.proto.kv.SessionAnswers;
import io.kvcluster.proto.kv.SessionRequests;
import java.util.concurrent.ConcurrentLinkedQueue;

/** KvService/Session: makes a {@link ClientSession} of each call. Each holds one place of the admission until it ends. */
final class GrpcSessions implements ServerCallHandler<SessionRequests, SessionAnswers> {
    private final Admission admission;
    private final CommandHandler handler;
    private final Deadlines deadlines;
    private final EventLoops eventLoops;
    private final ConcurrentLinkedQueue<ClientSession> sessions = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    GrpcSessions(Admission admission, CommandHandler handler, Deadlines deadlines, EventLoops eventLoops) {
        this.admission = admission;
        this.handler = handler;
        this.deadlines = deadlines;
        this.eventLoops = eventLoops;
    }

    /** The guarded service, with this in the place of its method Session: requests are admitted one by one, not with the call. */
    ServerServiceDefinition within(ServerServiceDefinition guarded) {
        ServiceDescriptor described = guarded.getServiceDescriptor();
        String session = KvServiceGrpc.getSessionMethod().getFullMethodName();
        ServiceDescriptor.Builder descriptor =
                ServiceDescriptor.newBuilder(described.getName()).setSchemaDescriptor(described.getSchemaDescriptor());
        described.getMethods().stream()
                .filter(method -> !method.getFullMethodName().equals(session))
                .forEach(descriptor::addMethod);
        descriptor.addMethod(KvServiceGrpc.getSessionMethod());
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(descriptor.build());
        for (ServerMethodDefinition<?, ?> method : guarded.getMethods()) {
            if (!method.getMethodDescriptor().getFullMethodName().equals(session)) {
                service.addMethod(method);
            }
        }
        return service.addMethod(KvServiceGrpc.getSessionMethod(), this).build();
    }

    @Override
    public ServerCall.Listener<SessionRequests> startCall(
            ServerCall<SessionRequests, SessionAnswers> call, Metadata headers) {
        Admission.Verdict verdict = admission.enter();
        if (verdict != Admission.Verdict.ADMITTED) {
            GrpcProblems.Closing closing = GrpcProblems.closing(
                    verdict == Admission.Verdict.CLOSED
                            ? Problem.shuttingDown()
                            : Problem.overloaded("this node has as many requests under way as it takes"));
            call.close(closing.status(), closing.trailers());
            return new ServerCall.Listener<>() {};
        }
        ClientSession session =
                new ClientSession(call, eventLoops.current(), admission, handler, deadlines, this::ended);
        sessions.add(session);
        session.begin();
        if (closed) {
            session.close();
        }
        return session;
    }

    private void ended(ClientSession session) {
        if (sessions.remove(session)) {
            admission.leave(0);
        }
    }

    /** Asks all clients to end theirs. Any thread. */
    void close() {
        closed = true;
        sessions.forEach(ClientSession::close);
    }
}
