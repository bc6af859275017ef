package io.kvcluster.e2e.testbed;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a run is told by system properties {@code e2e.*}. */
public final class Settings {
    private Settings() {}

    /** {@code local}, {@code kubernetes} or {@code k3s}. */
    static String target() {
        return text("target").orElse("local");
    }

    static String namespace() {
        return text("namespace").orElse("kv-e2e");
    }

    /** A file; without it KUBECONFIG, then the default place. */
    static Optional<Path> kubeconfig() {
        return text("kubeconfig")
                .or(() -> Optional.ofNullable(System.getenv("KUBECONFIG")))
                .map(Path::of);
    }

    static String operatorImage() {
        return text("operatorImage").orElse("kvcluster/operator:dev");
    }

    static String nodeImage() {
        return text("nodeImage").orElse("kvcluster/storage-node:dev");
    }

    static Path chart() {
        return Path.of(text("chart").orElse("../helm/kvcluster"));
    }

    /** False: an operator that watches the namespace is there already. */
    static boolean installOperator() {
        return switch (text("operator").orElse("install")) {
            case "install" -> true;
            case "found" -> false;
            default -> throw new IllegalArgumentException("e2e.operator must be install or found");
        };
    }

    /** True: pods are reached through the API server only. */
    static boolean portForward() {
        return text("access").orElse("auto").equals("port-forward");
    }

    /** Zones to use; absent: those that the nodes' labels name. */
    static Optional<List<String>> zones() {
        return text("zones").map(zones -> List.of(zones.split(",")));
    }

    /** A command for a fault, with {pod} and {namespace} to be filled in. */
    static Optional<Hook> hook(String fault) {
        return text("hook." + fault).map(Hook::new);
    }

    /** How many times slower than two idle cores this machine is to be taken for: limits of time grow by it, rates shrink. */
    public static long slowness() {
        return number("slowness", 1);
    }

    /** JSON lines. */
    public static Optional<Path> auditLog() {
        return text("auditLog").map(Path::of);
    }

    /** Where numbers are written; absent: they are only printed. */
    public static Optional<Path> results() {
        return text("results").map(Path::of);
    }

    public static long number(String name, long otherwise) {
        return text(name).map(Long::parseLong).orElse(otherwise);
    }

    public static Optional<String> text(String name) {
        return Optional.ofNullable(System.getProperty("e2e." + name)).filter(value -> !value.isBlank());
    }
}
