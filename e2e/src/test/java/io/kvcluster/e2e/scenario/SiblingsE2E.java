package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Node;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import org.junit.jupiter.api.Test;

@Scenario
final class SiblingsE2E {
    private final Target target;

    SiblingsE2E(Target target) {
        this.target = target;
    }

    @Test
    void writesThatDoNotKnowEachOtherAreBothKeptUntilOneHasSeenThem() {
        Cluster cluster = new Cluster(target, "siblings");
        cluster.apply(Spec.single(target).with("conflictResolution", "Siblings"));
        cluster.awaitSettled();
        Node node = cluster.nodes().getFirst();

        String base = node.put("cart", "empty", "consistency=quorum").context();
        node.putAfter(base, "cart", "milk", "consistency=quorum");
        Node.Answer second = node.putAfter(base, "cart", "bread", "consistency=quorum");
        assertThat(second.status()).as("%s", second).isEqualTo(200);

        Node.Answer both = node.get("cart", "consistency=quorum");
        assertThat(both.json().path("siblings").findValuesAsText("value")).containsExactlyInAnyOrder("milk", "bread");

        node.putAfter(both.context(), "cart", "milk and bread", "consistency=quorum");
        Node.Answer merged = node.get("cart", "consistency=quorum");
        assertThat(merged.value()).isEqualTo("milk and bread");
        assertThat(merged.json().has("siblings")).isFalse();

        cluster.delete();
    }
}
