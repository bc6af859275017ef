package io.kvcluster.local.kubelet;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * @param folder for everything the kubelet keeps: addresses, process table, logs, volumes of pods
 * @param java the program that runs images
 * @param images what stands for which image; the first that fits counts
 * @param shutdownGrace how long processes may take to end when the kubelet is closed
 * @param experiments every process gets a fault file, named by the variable {@code KV_EXPERIMENT_FILE}
 */
public record KubeletConfig(
        Path folder,
        Path java,
        List<ImageCommand> images,
        Duration shutdownGrace,
        boolean experiments,
        Clock clock,
        RandomGenerator random) {
    public KubeletConfig {
        folder = folder.toAbsolutePath();
        images = List.copyOf(images);
    }
}
