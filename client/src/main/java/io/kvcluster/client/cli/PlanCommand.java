package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what a change of a cluster would move, before it is made; it changes nothing.",
            "It asks the operator over HTTP (kubectl port-forward deploy/RELEASE-operator 8080). Without a change: what is",
            "left of the one under way."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PlanCommand implements Callable<Integer> {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--operator",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:KV_OPERATOR:-localhost:8080}",
            description = "The operator's HTTP port. Default: $KV_OPERATOR or localhost:8080.")
    private String operator;

    @Option(
            names = "--cluster",
            paramLabel = "NAMESPACE/NAME",
            description = "Which KvCluster, when the operator looks after more than one.")
    private @Nullable String cluster;

    @Option(names = "--replicas", paramLabel = "N", description = "With so many members.")
    private @Nullable Integer replicas;

    @Option(names = "--replication-factor", paramLabel = "N", description = "With so many copies of each key.")
    private @Nullable Integer replicationFactor;

    @Option(
            names = "--zones",
            paramLabel = "ZONE,…",
            description = "Spread over these zones; those that the cluster has among them.")
    private @Nullable String zones;

    @Option(
            names = "--replace",
            paramLabel = "MEMBER,…",
            description = "When these pods come back with an empty disk; by name or storeId.")
    private @Nullable String replace;

    @Mixin
    private Output output;

    @Override
    public Integer call() throws Exception {
        Map<String, String> change = new LinkedHashMap<>();
        put(change, "replicas", replicas);
        put(change, "replicationFactor", replicationFactor);
        put(change, "zones", zones);
        put(change, "replace", replace);
        JsonNode plan = OperatorHttp.at(operator).get(path(), change);
        output.result(plan, out -> print(plan, out));
        output.hint("Nothing was begun. A change of the KvCluster begins it: kubectl scale kvc "
                + plan.path("cluster").asText() + " --replicas=N, or kubectl edit");
        return ExitCode.DONE;
    }

    private static void put(Map<String, String> change, String name, @Nullable Object value) {
        if (value != null) {
            change.put(name, String.valueOf(value));
        }
    }

    private String path() {
        if (cluster == null) {
            return "/plan";
        }
        String[] parts = cluster.split("/", -1);
        if (parts.length != 2
                || !NAME.matcher(parts[0]).matches()
                || !NAME.matcher(parts[1]).matches()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--cluster is '" + cluster + "' but must be NAMESPACE/NAME, as in default/demo");
        }
        return "/clusters/" + parts[0] + "/" + parts[1] + "/plan";
    }

    private void print(JsonNode plan, PrintWriter out) {
        out.printf(
                "%s/%s at epoch %d, to %s%n%n",
                plan.path("namespace").asText(),
                plan.path("cluster").asText(),
                plan.path("ringEpoch").asLong(),
                plan.path("goal").asText());
        out.printf(
                "%d of %d partitions move, %d copies, about %s%n",
                plan.path("partitionsToMove").asInt(),
                plan.path("partitions").asInt(),
                plan.path("copies").asInt(),
                Units.bytes(plan.path("bytes").asLong()));
        out.printf(
                "on the way no partition has fewer than %d copies; %d distinct sets of members afterwards%n",
                plan.path("lowestCopies").asInt(),
                plan.path("distinctReplicaSets").asInt());
        if (plan.path("partitionsMoving").asInt() > 0) {
            out.printf(
                    "%d partitions move already; they count as where they go%n",
                    plan.path("partitionsMoving").asInt());
        }
        out.println();
        Table table = new Table("member", "", "+gets", "+gives", "+about");
        for (JsonNode member : plan.path("members")) {
            table.row(
                    member.path("name").asText(),
                    member.path("becomes").asText().toLowerCase(java.util.Locale.ROOT),
                    member.path("gets").asInt(),
                    member.path("gives").asInt(),
                    Units.bytes(member.path("bytes").asLong()));
        }
        table.print(out);
        for (JsonNode obstacle : plan.path("obstacles")) {
            out.printf("%nit would be held up: %s%n", obstacle.asText());
        }
        if (plan.path("stale").asBoolean()) {
            out.printf(
                    "%nthis may be over: the operator looked last at %s, %s%n",
                    plan.path("observedAt").asText(), plan.path("staleBecause").asText());
        }
    }
}
