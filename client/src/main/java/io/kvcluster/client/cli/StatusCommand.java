package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.ring.Ring;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description =
                "Tells whether all keys can be read and written, and how replicas are kept equal. Exit code 1 when some cannot.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private Connection connection;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        try (KvClient client = connection.open()) {
            ClusterPicture picture = ClusterLook.of(client, connection);
            RepairLook repair = RepairLook.of(client, picture.nodes(), connection.timeout(), false);
            output.result(json(picture, repair), out -> {
                print(picture, out);
                repair.print(out);
            });
            if (picture.membersUp() < picture.nodes().size()) {
                output.hint("Which, and since when: kv nodes. Why: kubectl describe kvclusters");
            }
            return picture.withoutMajority() == 0 ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    private static ObjectNode json(ClusterPicture picture, RepairLook repair) {
        Ring ring = picture.ring();
        ObjectNode json = Output.object();
        json.put("cluster", ring.cluster()).put("clusterId", ring.clusterId()).put("epoch", ring.epoch());
        json.put("partitions", ring.partitions())
                .put("replicationFactor", ring.replicas(0).size());
        json.put("defaultConsistency", ring.defaults().getConsistency());
        json.put("conflictResolution", ring.defaults().getConflictResolution());
        json.put("durability", ring.defaults().getDurability());
        json.put("members", picture.nodes().size()).put("membersUp", picture.membersUp());
        json.put("degradedPartitions", picture.degraded());
        json.put("partitionsWithoutMajority", picture.withoutMajority());
        json.put("asked", picture.asked());
        json.set(
                "down",
                Output.JSON.valueToTree(picture.nodes().stream()
                        .filter(node -> !node.getUp())
                        .map(NodeView::getName)
                        .toList()));
        json.set("repair", repair.json());
        return json;
    }

    private void print(ClusterPicture picture, PrintWriter out) {
        Ring ring = picture.ring();
        out.printf("cluster      %s, ring epoch %d, as %s sees it%n", ring.cluster(), ring.epoch(), picture.asked());
        out.printf(
                "members      %d of %d up%s%n",
                picture.membersUp(), picture.nodes().size(), down(picture));
        out.printf(
                "partitions   %d, %d copies each; default level %s, %s, %s%n",
                ring.partitions(),
                ring.replicas(0).size(),
                ring.defaults().getConsistency(),
                ring.defaults().getConflictResolution(),
                ring.defaults().getDurability());
        out.println("keys         " + verdict(picture));
    }

    private static String down(ClusterPicture picture) {
        String names = String.join(
                ", ",
                picture.nodes().stream()
                        .filter(node -> !node.getUp())
                        .map(NodeView::getName)
                        .toList());
        return names.isEmpty() ? "" : "; down: " + names;
    }

    private String verdict(ClusterPicture picture) {
        if (picture.withoutMajority() > 0) {
            return output.ansi()
                    .string("@|red,bold no majority for " + picture.withoutMajority()
                            + " partitions: no reads and writes at quorum there|@");
        }
        return picture.degraded() > 0
                ? output.ansi()
                        .string("@|yellow all served at quorum; " + picture.degraded()
                                + " partitions have a replica that is down|@")
                : output.ansi().string("@|green all served, all replicas up|@");
    }
}
