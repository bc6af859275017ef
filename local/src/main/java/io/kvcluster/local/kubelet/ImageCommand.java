package io.kvcluster.local.kubelet;

import java.util.List;
import java.util.Map;

/**
 * What stands for a container image on this machine: a Java program.
 *
 * @param image the image's name without tag, or a prefix of it
 * @param javaFlags flags of the JVM; heap flags come from the container's memory limit
 * @param classPath as for {@code java -cp}
 * @param environment defaults of the image, overridden by the pod's
 */
public record ImageCommand(
        String image, List<String> javaFlags, String classPath, String mainClass, Map<String, String> environment) {
    public ImageCommand {
        if (image.isEmpty() || classPath.isEmpty() || mainClass.isEmpty()) {
            throw new IllegalArgumentException("image, classPath and mainClass must not be empty");
        }
        javaFlags = List.copyOf(javaFlags);
        environment = Map.copyOf(environment);
    }

    boolean provides(String wanted) {
        return wanted.startsWith(image);
    }
}
