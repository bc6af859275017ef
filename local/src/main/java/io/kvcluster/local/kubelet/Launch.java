package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kvcluster.local.api.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a container becomes a process: the command line of its image, memory flags of its limit, its environment. */
final class Launch {
    private static final long MIB = 1 << 20;
    private static final long DEFAULT_HEAP_MIB = 192;
    private static final long DEFAULT_DIRECT_MIB = 96;
    private static final long METASPACE_MIB = 128;
    private static final long CODE_MIB = 96;
    private static final int DIRECT_ARENAS = 2;
    private static final List<String> INHERITED = List.of("PATH", "HOME", "LANG", "LC_ALL", "TZ", "JAVA_HOME", "USER");

    private final Path java;
    private final List<ImageCommand> images;
    private final FaultFiles faults;

    Launch(Path java, List<ImageCommand> images, FaultFiles faults) {
        this.java = java;
        this.images = List.copyOf(images);
        this.faults = faults;
    }

    /** @throws Unrunnable when the image is unknown or the container asks for what a process cannot have */
    ProcessBuilder prepare(JsonNode pod, JsonNode container, String podIp, Map<String, Path> mounts, Objects objects)
            throws Unrunnable {
        ImageCommand image = image(Json.text(container, "image"));
        if (!container.path("command").isEmpty()) {
            throw new Unrunnable(
                    "CreateContainerError", "local mode runs the image's own program; command cannot be given");
        }
        Map<String, String> given = Environment.of(pod, container, podIp, objects);
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.addAll(memoryFlags(Json.text(container, "resources", "limits", "memory")));
        command.addAll(image.javaFlags());
        command.addAll(List.of("-cp", image.classPath(), image.mainClass()));
        container
                .path("args")
                .forEach(arg -> command.add(Volumes.rewrite(Environment.expand(arg.asText(), given), mounts)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(INHERITED);
        image.environment().forEach((name, value) -> environment.put(name, Volumes.rewrite(value, mounts)));
        given.forEach((name, value) -> environment.put(name, Volumes.rewrite(value, mounts)));
        environment.put("HOSTNAME", Json.text(pod, "metadata", "name"));
        environment.put("KV_BIND_ADDRESS", podIp);
        faults.of(PodKey.of(pod)).ifPresent(file -> environment.put("KV_EXPERIMENT_FILE", file.toString()));
        return builder;
    }

    private ImageCommand image(String name) throws Unrunnable {
        for (ImageCommand image : images) {
            if (image.provides(name)) {
                return image;
            }
        }
        throw new Unrunnable(
                "ErrImagePull",
                "local mode has no program for image \"" + name + "\"; it knows "
                        + images.stream().map(ImageCommand::image).toList());
    }

    /** The split of a container's memory that the image's entry point makes too: 40 % heap, 15 % direct memory, and fixed bounds. */
    static List<String> memoryFlags(String limit) {
        long heap = DEFAULT_HEAP_MIB;
        long direct = DEFAULT_DIRECT_MIB;
        if (!limit.isEmpty()) {
            long mib = Quantity.getAmountInBytes(Quantity.parse(limit)).longValue() / MIB;
            heap = Math.clamp(mib * 40 / 100, 96, 4096);
            direct = Math.max(64, mib * 15 / 100);
        }
        return List.of(
                "-Xmx" + heap + "m",
                "-XX:MaxDirectMemorySize=" + direct + "m",
                "-XX:MaxMetaspaceSize=" + METASPACE_MIB + "m",
                "-XX:ReservedCodeCacheSize=" + CODE_MIB + "m",
                "-Dio.grpc.netty.shaded.io.netty.allocator.numDirectArenas=" + DIRECT_ARENAS,
                "-XX:+UseSerialGC");
    }

    static Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }
}
