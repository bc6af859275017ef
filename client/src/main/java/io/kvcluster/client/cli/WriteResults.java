package io.kvcluster.client.cli;

import com.google.protobuf.ByteString;
import io.kvcluster.client.WriteOutcome;
import io.kvcluster.client.bulk.KeyText;

/** How put and delete tell what came of them. */
final class WriteResults {
    private WriteResults() {}

    static void print(Output output, String what, ByteString key, WriteOutcome outcome) {
        output.result(Outcomes.json(key, outcome), out -> {
            if (outcome instanceof WriteOutcome.Applied applied) {
                out.printf(
                        "%s '%s' applied: version %d, %s, %d replicas, by %s%n",
                        what,
                        KeyText.of(key),
                        applied.version(),
                        applied.servedBy().level().label(),
                        applied.servedBy().replicas(),
                        applied.servedBy().node());
            }
        });
        if (output.isForPeople()) {
            Outcomes.complain(output, what, key, outcome);
        }
    }
}
