package io.kvcluster.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.operator.OperatorConfig.Lease;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorConfigTest {
    @Test
    void everythingHasADefault() {
        assertThat(OperatorConfig.fromEnvironment(Map.of()))
                .isEqualTo(new OperatorConfig(
                        Set.of(),
                        "kvcluster/storage-node:dev",
                        Optional.of(new Lease("kvcluster-operator", "", "")),
                        "0.0.0.0",
                        8080,
                        true));
    }

    @Test
    void everythingCanBeChosen() {
        assertThat(OperatorConfig.fromEnvironment(Map.of(
                        "KV_WATCH_NAMESPACES", "a, b",
                        "KV_NODE_IMAGE", "node:1",
                        "KV_LEADER_ELECTION", "false",
                        "KV_HTTP_ADDRESS", "127.0.0.1",
                        "KV_HTTP_PORT", "0",
                        "KV_CONSOLE", "false")))
                .isEqualTo(new OperatorConfig(Set.of("a", "b"), "node:1", Optional.empty(), "127.0.0.1", 0, false));
    }

    @ParameterizedTest
    @CsvSource({
        "KV_HTTP_PORT,http,KV_HTTP_PORT is http but must be a port",
        "KV_HTTP_PORT,65536,KV_HTTP_PORT is 65536 but must be from 0 to 65535",
        "KV_HTTP_PORT,-1,KV_HTTP_PORT is -1 but must be a port",
        "KV_LEADER_ELECTION,yes,KV_LEADER_ELECTION is yes but must be true or false",
        "KV_CONSOLE,on,KV_CONSOLE is on but must be true or false",
        "KV_WATCH_NAMESPACES,A_b,KV_WATCH_NAMESPACES names A_b but a namespace must be a DNS label",
        "KV_NODE_IMAGE,' ',KV_NODE_IMAGE is empty but must name the image of storage pods"
    })
    void aWrongValueIsRefusedWithVariableValueAndRule(String variable, String value, String message) {
        assertThatThrownBy(() -> OperatorConfig.fromEnvironment(Map.of(variable, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
