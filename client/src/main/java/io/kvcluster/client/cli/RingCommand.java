package io.kvcluster.client.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.RingJson;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;

@Command(
        name = "ring",
        mixinStandardHelpOptions = true,
        description = {
            "Shows who holds which partition.",
            "Each cell of the picture is a partition: the letter of its primary, and its colour; an exclamation mark",
            "stands where no majority of the replicas is up. With -o json: the ring table as the nodes have it."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RingCommand implements Callable<Integer> {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final List<String> COLOURS =
            List.of("fg(39)", "fg(208)", "fg(76)", "fg(170)", "fg(220)", "fg(51)", "fg(203)", "fg(141)");
    private static final int CELLS_A_LINE = 64;

    @Mixin
    private Connection connection;

    @Mixin
    private Output output;

    @Override
    public Integer call() throws JsonProcessingException {
        try (KvClient client = connection.open()) {
            ClusterPicture picture = ClusterLook.of(client, connection);
            JsonNode table = Output.JSON.readTree(RingJson.write(picture.ring().table()));
            output.result(table, out -> print(picture, out));
            output.hint("Where one key lives: kv mapping KEY");
            return ExitCode.DONE;
        }
    }

    private void print(ClusterPicture picture, PrintWriter out) {
        Ring ring = picture.ring();
        Ansi ansi = output.ansi();
        out.printf(
                "ring %s, epoch %d, %d partitions, %d copies each%n%n",
                ring.cluster(),
                ring.epoch(),
                ring.partitions(),
                ring.replicas(0).size());
        for (int from = 0; from < ring.partitions(); from += CELLS_A_LINE) {
            StringBuilder line = new StringBuilder(String.format("%5d  ", from));
            for (int p = from; p < Math.min(ring.partitions(), from + CELLS_A_LINE); p++) {
                line.append(cell(picture, p, ansi));
            }
            out.println(line);
        }
        out.println();
        Map<String, NodeView> views = picture.byStore();
        for (Member member : ring.members()) {
            out.println(legend(ring, member, views, ansi));
        }
    }

    private static String cell(ClusterPicture picture, int partition, Ansi ansi) {
        Ring ring = picture.ring();
        if (picture.upReplicas(partition) < ring.majority(partition)) {
            return ansi.string("@|red,bold !|@");
        }
        int member = ring.members().indexOf(ring.primary(partition));
        return ansi.string("@|" + COLOURS.get(member % COLOURS.size()) + " " + letter(member) + "|@");
    }

    private String legend(Ring ring, Member member, Map<String, NodeView> views, Ansi ansi) {
        int position = ring.members().indexOf(member);
        int held = ring.partitionsOf(member.getStoreId()).size();
        long primary = java.util.stream.IntStream.range(0, ring.partitions())
                .filter(p -> ring.primary(p).equals(member))
                .count();
        NodeView view = views.get(member.getStoreId());
        String live = view == null ? "?" : ClusterLook.upOrDown(output, view.getUp());
        String bar = Units.bar((double) held / ring.partitions(), 16);
        return ansi.string("@|" + COLOURS.get(position % COLOURS.size()) + " " + letter(position) + "|@")
                + String.format(
                        "  %-20s %-12s %s  %s holds %d, primary of %d",
                        member.getName(),
                        member.getZone().isEmpty() ? "-" : member.getZone(),
                        live,
                        bar,
                        held,
                        primary);
    }

    private static char letter(int member) {
        return LETTERS.charAt(member % LETTERS.length());
    }
}
