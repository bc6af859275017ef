package io.kvcluster.node.rpc;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;

/** Problems as gRPC errors: a status code, and {@code google.rpc.ErrorInfo} for programs. */
final class GrpcProblems {
    static final String DOMAIN = "kvcluster.io";

    private GrpcProblems() {}

    static StatusException exception(Problem problem) {
        ErrorInfo.Builder info =
                ErrorInfo.newBuilder().setReason(problem.reason().name()).setDomain(DOMAIN);
        problem.details().forEach((name, fact) -> info.putMetadata(name, fact.toString()));
        info.putMetadata("mayHaveBeenApplied", Boolean.toString(problem.effect() == Problem.Effect.MAYBE_APPLIED));
        info.putMetadata("retryable", Boolean.toString(problem.retryable()));
        return StatusProto.toStatusException(com.google.rpc.Status.newBuilder()
                .setCode(Statuses.grpc(problem.reason(), problem.unknown()).value())
                .setMessage(problem.message())
                .addDetails(Any.pack(info.build()))
                .build());
    }

    /** The same, for who closes a call itself. */
    static Closing closing(Problem problem) {
        StatusException exception = exception(problem);
        Metadata trailers = exception.getTrailers();
        return new Closing(exception.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    record Closing(Status status, Metadata trailers) {}
}
