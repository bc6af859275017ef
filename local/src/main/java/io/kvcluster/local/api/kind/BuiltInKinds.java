package io.kvcluster.local.api.kind;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.kvcluster.local.api.schema.ModelSchemas;
import io.kvcluster.local.api.schema.Schema;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The built-in kinds: those that kvcluster, its operator and kubectl's daily commands touch. */
public final class BuiltInKinds {
    public static final ResourceKind NAMESPACE = cluster("", "v1", Namespace.class, "namespaces")
            .names("ns")
            .status()
            .make();
    public static final ResourceKind NODE =
            cluster("", "v1", Node.class, "nodes").names("no").status().make();
    public static final ResourceKind POD =
            namespaced("", "v1", Pod.class, "pods").names("po").all().status().make();
    public static final ResourceKind SERVICE = namespaced("", "v1", Service.class, "services")
            .names("svc")
            .all()
            .status()
            .make();
    public static final ResourceKind ENDPOINTS =
            namespaced("", "v1", Endpoints.class, "endpoints").names("ep").make();
    public static final ResourceKind ENDPOINT_SLICE = namespaced(
                    "discovery.k8s.io", "v1", EndpointSlice.class, "endpointslices")
            .make();
    public static final ResourceKind CONFIG_MAP =
            namespaced("", "v1", ConfigMap.class, "configmaps").names("cm").make();
    public static final ResourceKind SECRET =
            namespaced("", "v1", Secret.class, "secrets").make();
    public static final ResourceKind SERVICE_ACCOUNT = namespaced("", "v1", ServiceAccount.class, "serviceaccounts")
            .names("sa")
            .make();
    public static final ResourceKind PERSISTENT_VOLUME_CLAIM = namespaced(
                    "", "v1", PersistentVolumeClaim.class, "persistentvolumeclaims")
            .names("pvc")
            .status()
            .make();
    public static final ResourceKind PERSISTENT_VOLUME = cluster("", "v1", PersistentVolume.class, "persistentvolumes")
            .names("pv")
            .status()
            .make();
    public static final ResourceKind EVENT =
            namespaced("", "v1", Event.class, "events").names("ev").make();
    public static final ResourceKind STATEFUL_SET = namespaced("apps", "v1", StatefulSet.class, "statefulsets")
            .names("sts")
            .all()
            .status()
            .scale(new ResourceKind.ScalePaths("spec.replicas", "status.replicas", ""))
            .make();
    public static final ResourceKind CONTROLLER_REVISION = namespaced(
                    "apps", "v1", ControllerRevision.class, "controllerrevisions")
            .make();
    public static final ResourceKind LEASE =
            namespaced("coordination.k8s.io", "v1", Lease.class, "leases").make();
    public static final ResourceKind CUSTOM_RESOURCE_DEFINITION = cluster(
                    "apiextensions.k8s.io", "v1", CustomResourceDefinition.class, "customresourcedefinitions")
            .names("crd", "crds")
            .status()
            .make();

    private static final List<ResourceKind> ALL = List.of(
            NAMESPACE,
            NODE,
            POD,
            SERVICE,
            ENDPOINTS,
            ENDPOINT_SLICE,
            CONFIG_MAP,
            SECRET,
            SERVICE_ACCOUNT,
            PERSISTENT_VOLUME_CLAIM,
            PERSISTENT_VOLUME,
            EVENT,
            STATEFUL_SET,
            CONTROLLER_REVISION,
            LEASE,
            CUSTOM_RESOURCE_DEFINITION,
            namespaced("policy", "v1", PodDisruptionBudget.class, "poddisruptionbudgets")
                    .names("pdb")
                    .status()
                    .make(),
            namespaced("networking.k8s.io", "v1", NetworkPolicy.class, "networkpolicies")
                    .names("netpol")
                    .make(),
            namespaced("rbac.authorization.k8s.io", "v1", Role.class, "roles").make(),
            namespaced("rbac.authorization.k8s.io", "v1", RoleBinding.class, "rolebindings")
                    .make(),
            cluster("rbac.authorization.k8s.io", "v1", ClusterRole.class, "clusterroles")
                    .make(),
            cluster("rbac.authorization.k8s.io", "v1", ClusterRoleBinding.class, "clusterrolebindings")
                    .make(),
            cluster("storage.k8s.io", "v1", StorageClass.class, "storageclasses")
                    .names("sc")
                    .make());

    private BuiltInKinds() {}

    static List<ResourceKind> all() {
        return ALL;
    }

    private static Draft namespaced(String group, String version, Class<?> model, String plural) {
        return new Draft(group, version, model, plural, true);
    }

    private static Draft cluster(String group, String version, Class<?> model, String plural) {
        return new Draft(group, version, model, plural, false);
    }

    /** What is known of a kind while the table above is read. */
    private static final class Draft {
        private final String group;
        private final String version;
        private final Class<?> model;
        private final String plural;
        private final boolean namespaced;
        private List<String> shortNames = List.of();
        private List<String> categories = List.of();
        private boolean hasStatus;
        private ResourceKind.@org.jspecify.annotations.Nullable ScalePaths scale;

        Draft(String group, String version, Class<?> model, String plural, boolean namespaced) {
            this.group = group;
            this.version = version;
            this.model = model;
            this.plural = plural;
            this.namespaced = namespaced;
        }

        Draft names(String... names) {
            shortNames = List.of(names);
            return this;
        }

        Draft all() {
            categories = List.of("all");
            return this;
        }

        Draft status() {
            hasStatus = true;
            return this;
        }

        Draft scale(ResourceKind.ScalePaths paths) {
            scale = paths;
            return this;
        }

        ResourceKind make() {
            String kind = model.getSimpleName();
            return new ResourceKind(
                    group,
                    version,
                    kind,
                    plural,
                    kind.toLowerCase(Locale.ROOT),
                    shortNames,
                    categories,
                    namespaced,
                    false,
                    hasStatus,
                    scale,
                    List.of(),
                    new Once(() -> ModelSchemas.of(model)));
        }
    }

    /** Makes the schema when it is first asked for: a model is large and most runs touch few kinds. */
    private static final class Once implements Supplier<Schema> {
        private final Supplier<Schema> source;
        private volatile @org.jspecify.annotations.Nullable Schema made;

        Once(Supplier<Schema> source) {
            this.source = source;
        }

        @Override
        public Schema get() {
            Schema schema = made;
            if (schema == null) {
                schema = source.get();
                made = schema;
            }
            return schema;
        }
    }
}
