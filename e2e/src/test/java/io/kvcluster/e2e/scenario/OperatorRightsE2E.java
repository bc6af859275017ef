package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.result.Results;
import io.kvcluster.e2e.testbed.Ability;
import io.kvcluster.e2e.testbed.Scenario;
import io.kvcluster.e2e.testbed.Settings;
import io.kvcluster.e2e.testbed.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Last of all: what the operator did in the other scenarios, as the API server saw it, against what it may do. */
@Scenario
@Tag(Ability.NEEDS_READ_AUDIT_LOG)
@Order(Integer.MAX_VALUE)
final class OperatorRightsE2E {
    /** Rights that are asked for without a request of that verb: by apply, by the guard of owner references, by JOSDK's look at its own. */
    private static final Set<String> NEEDED_UNSEEN = Set.of(
            "create apps/statefulsets",
            "create core/serviceaccounts",
            "create core/services",
            "create networking.k8s.io/networkpolicies",
            "create policy/poddisruptionbudgets",
            "update coordination.k8s.io/leases",
            "update kvcluster.io/kvclusters/finalizers");

    private final Target target;

    OperatorRightsE2E(Target target) {
        this.target = target;
    }

    @Test
    void theOperatorNeverAskedForMoreThanTheChartGrants() {
        Cluster.shared(target);
        Path log = Settings.auditLog().orElseThrow();
        AuditLog audit = AuditLog.of(log, "system:serviceaccount:" + target.namespace() + ":kv-e2e-operator");
        assertThat(audit.requests()).as("requests of the operator in %s", log).isNotEmpty();
        Set<String> unused = new TreeSet<>(granted());
        unused.removeAll(audit.allowed());
        unused.removeAll(NEEDED_UNSEEN);
        Results.of("operator-rights", target)
                .with("requests", audit.requests().size())
                .with("refused", audit.refused())
                .with("grantedButUnused", unused)
                .publish();
        assertThat(audit.refused()).isEmpty();
    }

    private Set<String> granted() {
        List<PolicyRule> rules = new ArrayList<>();
        target.client()
                .rbac()
                .roles()
                .inNamespace(target.namespace())
                .withLabel("app.kubernetes.io/instance", "kv-e2e")
                .list()
                .getItems()
                .forEach(role -> rules.addAll(role.getRules()));
        target.client()
                .rbac()
                .clusterRoles()
                .withLabel("app.kubernetes.io/instance", "kv-e2e")
                .list()
                .getItems()
                .forEach(role -> rules.addAll(role.getRules()));
        Set<String> granted = new TreeSet<>();
        for (PolicyRule rule : rules) {
            for (String group : rule.getApiGroups()) {
                for (String resource : rule.getResources()) {
                    for (String verb : rule.getVerbs()) {
                        granted.add(AuditLog.right(group, resource, verb));
                    }
                }
            }
        }
        return granted;
    }
}
