package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.kvcluster.client.GetOutcome;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.Level;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.client.WriteOutcome;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.testbed.Settings;
import io.kvcluster.e2e.traffic.Acknowledged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Keys that are there before something happens to a cluster, and are to be there on every replica after it. */
final class Filled {
    private static final int KEYS = (int) Settings.number("filled.keys", 2_000);
    private static final int VALUE_BYTES = 1_000;

    private Filled() {}

    static void fill(Cluster cluster) {
        ByteString value = ByteString.copyFromUtf8("v".repeat(VALUE_BYTES));
        try (KvClient client = cluster.connect()) {
            for (int i = 0; i < KEYS; i++) {
                assertThat(client.put(key(i), value, RequestOptions.DEFAULT.at(Level.QUORUM)))
                        .isInstanceOf(WriteOutcome.Applied.class);
            }
        }
    }

    private static ByteString key(int i) {
        return ByteString.copyFromUtf8("filled-" + i);
    }

    /** On every replica, and of what was written meanwhile the newest that was acknowledged. */
    static void assertHeld(Cluster cluster, Map<String, Acknowledged> newest) {
        List<String> lost = new ArrayList<>();
        RequestOptions all = RequestOptions.DEFAULT.at(Level.ALL).within(Duration.ofSeconds(10));
        try (KvClient client = cluster.connect()) {
            for (int i = 0; i < KEYS; i++) {
                if (!(client.get(key(i), all) instanceof GetOutcome.Found)) {
                    lost.add("filled-" + i);
                }
            }
            newest.forEach((key, write) -> {
                GetOutcome found = client.get(ByteString.copyFromUtf8(key), all);
                boolean holds = found instanceof GetOutcome.Found value && value.version() == write.version();
                if (!holds) {
                    lost.add(key + " = " + write + " but " + found);
                }
            });
        }
        assertThat(lost).isEmpty();
    }
}
