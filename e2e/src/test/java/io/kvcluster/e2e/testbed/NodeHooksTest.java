package io.kvcluster.e2e.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeHooksTest {
    private static NodeHooks given(KubernetesClient client, String... hooks) {
        Set<String> names = Set.of(hooks);
        return new NodeHooks(
                client, "kv", name -> names.contains(name) ? Optional.of(new Hook("true " + name)) : Optional.empty());
    }

    @Test
    void aFaultIsAnAbilityOnlyWhenItCanAlsoBeMended() {
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(Config.empty()).build()) {
            assertThat(given(client).abilities()).isEmpty();
            assertThat(given(client, "partition", "fillDisk", "nodeKill", "slow")
                            .abilities())
                    .isEmpty();
            assertThat(given(client, "partition", "heal", "fillDisk", "freeDisk", "clock")
                            .abilities())
                    .containsExactlyInAnyOrder(Ability.PARTITION, Ability.FULL_DISK, Ability.CLOCK_OFFSET);
            assertThat(given(client, "heal", "partitionIn", "partitionOut", "slow", "nodeKill", "nodeStart")
                            .abilities())
                    .containsExactlyInAnyOrder(Ability.ONE_WAY_PARTITION, Ability.SLOW_LINK, Ability.NODE_LOSS);
        }
    }

    @Test
    void whatWasNotBrokenCannotBeMended() {
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(Config.empty()).build()) {
            assertThatThrownBy(() -> given(client, "heal").heal("kv-0"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("kv-0");
        }
    }
}
