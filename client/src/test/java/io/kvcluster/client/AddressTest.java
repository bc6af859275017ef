package io.kvcluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @CsvSource({
        "localhost:50051, localhost, 50051",
        "localhost, localhost, 7",
        "10.0.0.1:1, 10.0.0.1, 1",
        "[::1]:80, ::1, 80",
        "[::1], ::1, 7",
        "fe80::1, fe80::1, 7"
    })
    void isReadInTheUsualForms(String text, String host, int port) {
        assertThat(Address.parse(text, 7)).isEqualTo(new Address(host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:",
                "localhost:x",
                "localhost:0",
                "localhost:65536",
                ":50051",
                "",
                "http://a:1",
                "a b:1"
            })
    void sayWhatIsWrong(String text) {
        assertThatThrownBy(() -> Address.parse(text, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("address");
    }

    @Test
    void bracketsIpv6WhenPrinted() {
        assertThat(new Address("::1", 80)).hasToString("[::1]:80");
    }
}
