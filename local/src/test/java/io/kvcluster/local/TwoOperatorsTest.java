package io.kvcluster.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two replicas of the operator, processes of their own, and the lease that one of them holds. */
class TwoOperatorsTest {
    @TempDir
    Path folder;

    @Test
    void oneWorksAndTheOtherWaitsAndALostLeaseEndsAllWritesOfWhoHadIt() throws Exception {
        try (FakeFleet fleet = new FakeFleet(folder, 3);
                OperatorReplica first = new OperatorReplica(fleet, "op-first", folder.resolve("first.log"))) {
            await().until(() -> first.ask("/clusters").contains("\"clusters\""));
            try (OperatorReplica second = new OperatorReplica(fleet, "op-second", folder.resolve("second.log"))) {
                await().until(() -> second.ask("/health/ready").contains("UP"));
                fleet.create(0, 1);
                await().until(() -> fleet.inPhase("Ready") == 1);
                assertThat(first.writes()).isNotEmpty();
                assertThat(second.writes()).as("the standby writes nothing").isEmpty();
                await().untilAsserted(() -> assertThat(second.ask("/clusters"))
                        .contains("\"reason\":\"STANDBY\"", "\"leader\":\"op-first\""));
                assertThat(second.ask("/health/live")).contains("UP");

                first.signal("STOP");
                await().until(() -> second.ask("/clusters").contains("\"clusters\""));
                fleet.create(1, 2);
                await().until(() -> fleet.inPhase("Ready") == 2);
                assertThat(second.writes()).isNotEmpty();

                int before = first.writes().size();
                fleet.create(2, 3);
                first.signal("CONT");
                await().until(() -> !first.isAlive());
                await().until(() -> fleet.inPhase("Ready") == 3);
                assertThat(first.writes().subList(before, first.writes().size()).stream()
                                .filter(write -> !isFinalizer(write)))
                        .as("whoever was away does not write on what it knew before")
                        .isEmpty();
                assertThat(second.ask("/nodes")).contains("CLUSTER_NOT_NAMED");
            }
        }
    }

    /** The framework puts it on a cluster that is new to it before there is any pass; everybody puts the same one there. */
    private static boolean isFinalizer(String write) {
        return write.matches("PATCH /apis/kvcluster.io/v1beta1/namespaces/default/kvclusters/c[12]");
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(100));
    }
}
