package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.bulk.KeyText;
import io.kvcluster.proto.kv.GetMappingResponse;
import io.kvcluster.proto.kv.NodeView;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "mapping", mixinStandardHelpOptions = true, description = "Tells which nodes hold a key.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MappingCommand implements Callable<Integer> {
    @Mixin
    private Connection connection;

    @Mixin
    private Output output;

    @Parameters(paramLabel = "KEY", description = "1 to 4096 bytes; need not exist.")
    private String key;

    @Option(names = "--base64", description = "KEY is base64.")
    private boolean base64;

    @Override
    public Integer call() {
        ByteString name = ByteString.copyFrom(Outcomes.bytes(key, base64));
        try (KvClient client = connection.open()) {
            switch (client.mapping(name, connection.timeout())) {
                case KvClient.Answer.Got(GetMappingResponse mapping) ->
                    output.result(json(name, mapping), out -> print(name, mapping, out));
                case KvClient.Answer.Failed(String reason, String message) ->
                    throw new Errors.CommandFailure(
                            ExitCode.FAILED, ClusterLook.unreachable(connection, message, reason));
            }
            return ExitCode.DONE;
        }
    }

    private static ObjectNode json(ByteString name, GetMappingResponse mapping) {
        ObjectNode json = Output.object();
        KeyText.write(json, name);
        json.put("partition", mapping.getPartition()).put("ringEpoch", mapping.getRingEpoch());
        ArrayNode replicas = json.putArray("replicas");
        mapping.getReplicasList().forEach(node -> replicas.add(ClusterLook.json(node)));
        if (mapping.hasMove()) {
            ObjectNode move = json.putObject("move");
            move.put("phase", mapping.getMove().getPhase())
                    .put("copyEpoch", mapping.getMove().getCopyEpoch());
            ArrayNode target = move.putArray("replicas");
            mapping.getMove().getReplicasList().forEach(node -> target.add(ClusterLook.json(node)));
        }
        return json;
    }

    private static void print(ByteString name, GetMappingResponse mapping, PrintWriter out) {
        out.printf(
                "key '%s' is in partition %d (ring epoch %d)%n",
                KeyText.of(name), mapping.getPartition(), mapping.getRingEpoch());
        print(mapping.getReplicasList(), out);
        if (mapping.hasMove()) {
            out.printf("it moves (%s), and will then be at%n", mapping.getMove().getPhase());
            print(mapping.getMove().getReplicasList(), out);
        }
    }

    private static void print(List<NodeView> replicas, PrintWriter out) {
        Table table = new Table("REPLICA", "NAME", "ZONE", "ADDRESS", "LIVE");
        for (int i = 0; i < replicas.size(); i++) {
            NodeView node = replicas.get(i);
            table.row(
                    i == 0 ? "primary" : String.valueOf(i + 1),
                    node.getName(),
                    node.getZone().isEmpty() ? "-" : node.getZone(),
                    node.getAddress(),
                    node.getUp() ? "UP" : "DOWN");
        }
        table.print(out);
    }
}
