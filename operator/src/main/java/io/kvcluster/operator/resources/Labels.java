package io.kvcluster.operator.resources;

import java.util.LinkedHashMap;
import java.util.Map;

/** Labels and annotations. Selectors use the own ones only, the well-known ones are for people and dashboards. */
public final class Labels {
    public static final String CLUSTER = "kvcluster.io/cluster";
    public static final String COMPONENT = "kvcluster.io/component";
    public static final String ZONE = "kvcluster.io/zone";
    /** On volume claims: whose data they hold, even when the KvCluster is gone. */
    public static final String CLUSTER_ID = "kvcluster.io/cluster-id";
    /** On volume claims: the store of that id holds nothing that anybody needs, by its own word. Never believed of a member. */
    public static final String DRAINED = "kvcluster.io/drained";
    /** On volume claims that may not be used again until a human removes it. */
    public static final String QUARANTINED = "kvcluster.io/quarantined";

    /** Of what the operator wants an object to be; a change removes fields that it no longer wants. */
    public static final String DESIRED_HASH = "kvcluster.io/desired-hash";
    /** Of what the user asked of pods; a pod with another one is out of date. An operator's own change is not in it. */
    public static final String POD_HASH = "kvcluster.io/pod-hash";
    /** On the KvCluster: the spec that was valid last. */
    public static final String LAST_VALID_SPEC = "kvcluster.io/last-valid-spec";

    /** On the KvCluster, by a human: the disk of the store of that id is gone for good, others are to take its place. */
    public static final String REPLACE_STORE = "kvcluster.io/replace-store";
    /** On the ring's ConfigMap: when stores were given up lately. */
    public static final String GIVEN_UP = "kvcluster.io/given-up";

    public static final String NODE = "node";
    public static final String OPERATOR = "operator";
    public static final String MANAGER = "kvcluster-operator";

    private Labels() {}

    /** Of every object that belongs to a cluster. */
    public static Map<String, String> of(String cluster) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("app.kubernetes.io/name", "kvcluster");
        labels.put("app.kubernetes.io/instance", cluster);
        labels.put("app.kubernetes.io/component", "storage-node");
        labels.put("app.kubernetes.io/managed-by", MANAGER);
        labels.put(CLUSTER, cluster);
        labels.put(COMPONENT, NODE);
        return labels;
    }

    public static Map<String, String> of(String cluster, String zone) {
        Map<String, String> labels = of(cluster);
        if (!zone.isEmpty()) {
            labels.put(ZONE, zone);
        }
        return labels;
    }

    /** Selects the storage pods of a cluster. */
    public static Map<String, String> selector(String cluster) {
        Map<String, String> selector = new LinkedHashMap<>();
        selector.put(CLUSTER, cluster);
        selector.put(COMPONENT, NODE);
        return selector;
    }

    static Map<String, String> selector(String cluster, String zone) {
        Map<String, String> selector = selector(cluster);
        if (!zone.isEmpty()) {
            selector.put(ZONE, zone);
        }
        return selector;
    }

    /** As a selector string. */
    public static String selectorText(String cluster) {
        return CLUSTER + "=" + cluster + "," + COMPONENT + "=" + NODE;
    }
}
