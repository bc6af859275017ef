package io.kvcluster.local.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoopbackTest {
    @TempDir
    Path folder;

    @Test
    void aPodKeepsItsAddressForEver() throws Exception {
        Path file = folder.resolve("network.json");
        String address;
        try (Loopback loopback = Loopback.open(file, new Random(1))) {
            address = loopback.address("default", "p-0");
            assertThat(address).matches("127\\.\\d+\\.\\d+\\.2");
            assertThat(loopback.address("default", "p-1")).isNotEqualTo(address);
        }
        try (Loopback loopback = Loopback.open(file, new Random(2))) {
            assertThat(loopback.address("default", "p-0")).isEqualTo(address);
        }
    }

    @Test
    void twoClustersNeverShareANetwork() throws Exception {
        try (Loopback one = Loopback.open(folder.resolve("one.json"), new Random(1));
                Loopback two = Loopback.open(folder.resolve("two.json"), new Random(1))) {
            String first = one.address("default", "p");
            String second = two.address("default", "p");
            assertThat(first.substring(0, first.lastIndexOf('.')))
                    .isNotEqualTo(second.substring(0, second.lastIndexOf('.')));
        }
    }
}
