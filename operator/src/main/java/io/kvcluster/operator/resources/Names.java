package io.kvcluster.operator.resources;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * How everything that belongs to a cluster is named. A cluster's name has at most 30 characters, so the longest name here, a
 * controller revision of {@code <cluster>-<zone>-<hex>}, stays within 63.
 */
public final class Names {
    public static final String CONTAINER = "storage-node";
    public static final String DATA_VOLUME = "data";
    public static final String RING_KEY = "ring.json";

    private static final int ZONE_LENGTH = 12;

    private Names() {}

    /** Without a zone the cluster's own name; else the readable part of the zone, and four hex digits that tell zones apart. */
    public static String statefulSet(String cluster, String zone) {
        if (zone.isEmpty()) {
            return cluster;
        }
        String readable = zone.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        readable =
                readable.substring(0, Math.min(ZONE_LENGTH, readable.length())).replaceAll("^-+|-+$", "");
        String hash = Hashing.sha256()
                .hashString(zone, StandardCharsets.UTF_8)
                .toString()
                .substring(0, 4);
        return readable.isEmpty() ? cluster + "-" + hash : cluster + "-" + readable + "-" + hash;
    }

    public static String pod(String statefulSet, int ordinal) {
        return statefulSet + "-" + ordinal;
    }

    public static String claim(String pod) {
        return DATA_VOLUME + "-" + pod;
    }

    public static String nodesService(String cluster) {
        return cluster + "-nodes";
    }

    public static String clientService(String cluster) {
        return cluster;
    }

    public static String ringConfigMap(String cluster) {
        return cluster + "-ring";
    }

    public static String serviceAccount(String cluster) {
        return cluster + "-node";
    }

    /** The stable DNS name by which peers and ring know a pod. */
    public static String address(ClusterKey cluster, String pod) {
        return pod + "." + nodesService(cluster.name()) + "." + cluster.namespace() + ".svc";
    }

    /** Whether a pod of that name is one that a StatefulSet makes. */
    public static boolean isPodOf(String pod, String statefulSet) {
        return pod.startsWith(statefulSet + "-")
                && pod.substring(statefulSet.length() + 1).matches("[0-9]{1,9}");
    }
}
