package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.cluster.Spec;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Kubectl;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a user sees who has nothing but kubectl. */
@Scenario
@Tag(Ability.NEEDS_KUBECTL)
final class KubectlE2E {
    private final Target target;
    private final Cluster cluster;
    private final Kubectl kubectl;

    KubectlE2E(Target target) {
        this.target = target;
        this.cluster = Cluster.shared(target);
        this.kubectl = Kubectl.of(target);
    }

    @Test
    void getShowsAClusterInOneLine() {
        assertThat(kubectl.run("get", "kvc").lines().toList())
                .first()
                .asString()
                .matches("NAME +READY +RF +R/W +MODE +EPOCH +AVAILABLE +DEGRADED +AGE");
        assertThat(kubectl.run("get", "kvclusters", Cluster.SHARED, "--no-headers"))
                .matches("(?s)" + Cluster.SHARED + " +3/3 +3 +2/2 +Leaderless +1 +True +False +\\S+\\s*");
        assertThat(kubectl.run("get", "all")).contains("kvcluster.kvcluster.io/" + Cluster.SHARED);
    }

    @Test
    void describeExplainsWhatIsHeldBack() {
        pause("true");
        cluster.awaitStatus("paused", status -> !status.blockedBy().isEmpty());
        assertThat(kubectl.run("describe", "kvc", Cluster.SHARED))
                .contains("the operator observes and reports, but changes nothing")
                .contains("set spec.paused to false");
        pause("false");
        cluster.awaitSettled();
    }

    private void pause(String paused) {
        kubectl.run("patch", "kvc", Cluster.SHARED, "--type=merge", "-p", "{\"spec\":{\"paused\":" + paused + "}}");
    }

    @Test
    void applyRefusesABadSpecWithASentenceThatNamesFieldValueAndRule() {
        Kubectl.Failed refused = kubectl.fails(
                Spec.of(target)
                        .with("replicas", 2)
                        .with("replicationFactor", 3)
                        .without("topology")
                        .yaml("refused"),
                "apply",
                "-f",
                "-");
        assertThat(refused.output())
                .contains("spec.replicationFactor is 3 but must be at most spec.replicas, which is 2");
    }

    @Test
    void logsAndDeletePodWork() {
        String pod = cluster.podNames().getFirst();
        assertThat(kubectl.run("logs", pod)).isNotBlank();
        assertThat(kubectl.run("delete", "pod", pod)).contains("deleted");
        cluster.awaitSettled();
    }
}
