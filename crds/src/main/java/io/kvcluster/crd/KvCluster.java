package io.kvcluster.crd;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** A replicated key-value store: a set of storage pods, the ring that spreads keys over them, and their volumes. */
@Group(KvCluster.GROUP)
@Version(KvCluster.VERSION)
@Kind(KvCluster.KIND)
@Plural("kvclusters")
@Singular("kvcluster")
@ShortNames("kvc")
@Categories({"all", "kv"})
@ValidationRule(
        value = "size(self.metadata.name) <= 30",
        message = "metadata.name may have at most 30 characters: the names of pods and volumes are made of it")
@ValidationRule(
        value = "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
        message = "metadata.name must start with a letter, end with a letter or digit and consist of a-z, 0-9 and -:"
                + " Services are named after it")
@AdditionalPrinterColumn(name = "READY", type = AdditionalPrinterColumn.Type.STRING, jsonPath = ".status.ready")
@AdditionalPrinterColumn(name = "RF", type = AdditionalPrinterColumn.Type.INTEGER, jsonPath = ".spec.replicationFactor")
@AdditionalPrinterColumn(name = "R/W", type = AdditionalPrinterColumn.Type.STRING, jsonPath = ".status.quorums")
@AdditionalPrinterColumn(name = "MODE", type = AdditionalPrinterColumn.Type.STRING, jsonPath = ".spec.mode")
@AdditionalPrinterColumn(name = "EPOCH", type = AdditionalPrinterColumn.Type.INTEGER, jsonPath = ".status.ring.epoch")
@AdditionalPrinterColumn(
        name = "AVAILABLE",
        type = AdditionalPrinterColumn.Type.STRING,
        jsonPath = ".status.conditions[?(@.type==\"Available\")].status")
@AdditionalPrinterColumn(
        name = "DEGRADED",
        type = AdditionalPrinterColumn.Type.STRING,
        jsonPath = ".status.conditions[?(@.type==\"Degraded\")].status")
@AdditionalPrinterColumn(
        name = "AGE",
        type = AdditionalPrinterColumn.Type.DATE,
        jsonPath = ".metadata.creationTimestamp")
@AdditionalPrinterColumn(
        name = "UNDER-REPLICATED",
        type = AdditionalPrinterColumn.Type.INTEGER,
        jsonPath = ".status.ring.underReplicatedPartitions",
        priority = 1)
@AdditionalPrinterColumn(
        name = "VERSION",
        type = AdditionalPrinterColumn.Type.STRING,
        jsonPath = ".status.version",
        priority = 1)
public final class KvCluster extends CustomResource<KvClusterSpec, KvClusterStatus> implements Namespaced {
    public static final String GROUP = "kvcluster.io";
    public static final String VERSION = "v1beta1";
    public static final String KIND = "KvCluster";

    /** Where the generated CRD lies on the class path. */
    public static final String CRD_RESOURCE = "/io/kvcluster/crd/kvclusters.kvcluster.io-v1.yml";

    private static final long serialVersionUID = 1;

    // Records have no empty constructor; absent is null until the API server answers.
    @Override
    protected @Nullable KvClusterSpec initSpec() {
        return null;
    }

    @Override
    protected @Nullable KvClusterStatus initStatus() {
        return null;
    }
}
