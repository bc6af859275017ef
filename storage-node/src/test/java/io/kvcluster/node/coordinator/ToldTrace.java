package io.kvcluster.node.coordinator;

import com.google.protobuf.ByteString;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An operation's way as lines of text. */
record ToldTrace(List<String> told) implements OperationTrace {
    static final String CONTEXT = "this trace";

    @Override
    public ByteString context() {
        return ByteString.copyFromUtf8(CONTEXT);
    }

    @Override
    public void asked(String replica, Step step) {
        told.add("asked " + replica + " " + step);
    }

    @Override
    public void answered(String replica) {
        told.add("answered " + replica);
    }

    @Override
    public void hedged() {
        told.add("hedged");
    }

    @Override
    public void repaired(String replica) {
        told.add("repaired " + replica);
    }

    @Override
    public void merged(int siblings) {
        told.add("merged " + siblings);
    }

    @Override
    public void finished(@Nullable ConsistencyLevel level, Outcome outcome) {
        told.add("finished " + level + " " + outcome.getClass().getSimpleName());
    }
}
