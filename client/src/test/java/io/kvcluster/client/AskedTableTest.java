package io.kvcluster.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.proto.kv.SessionAnswer;
import io.kvcluster.proto.kv.SessionRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AskedTableTest {
    private final AskedTable table = new AskedTable();

    private static Asked asked(long deadline) {
        return new Asked(SessionRequest.newBuilder(), SessionAnswer.OutcomeCase.GOT, deadline, _ -> {});
    }

    @Test
    void behavesAsAMapWhoseIdsAreNeverUsedTwice() {
        Map<Long, Asked> twin = new HashMap<>();
        List<Long> gone = new ArrayList<>();
        Random random = new Random(1);
        for (int step = 0; step < 20_000; step++) {
            if (random.nextInt(5) < 3 || twin.isEmpty()) {
                Asked one = asked(random.nextInt(100));
                long id = table.add(one);
                assertThat(id).isNotZero();
                assertThat(twin.put(id, one)).isNull();
            } else {
                long id = new ArrayList<>(twin.keySet()).get(random.nextInt(Math.min(3, twin.size())));
                assertThat(table.remove(id)).isSameAs(twin.remove(id));
                gone.add(id);
            }
            if (!gone.isEmpty()) {
                assertThat(table.remove(gone.get(random.nextInt(gone.size())))).isNull();
            }
            if (step % 500 == 0) {
                List<Asked> due = new ArrayList<>();
                table.removeDue(50, due::add);
                List<Asked> expected =
                        twin.values().stream().filter(one -> one.deadline <= 50).toList();
                assertThat(due).containsExactlyInAnyOrderElementsOf(expected);
                twin.values().removeIf(one -> one.deadline <= 50);
            }
            assertThat(table.isEmpty()).isEqualTo(twin.isEmpty());
        }
    }
}
