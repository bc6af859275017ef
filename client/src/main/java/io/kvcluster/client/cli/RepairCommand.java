package io.kvcluster.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.client.KvClient;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairStatus;
import io.kvcluster.proto.repair.ScrubStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        description = {
            "Compares all replicas now and gives each what it lacks; records that are equal are not read. Replicas also do this by "
                    + "themselves, each pair every 10 minutes and whenever one may have missed something: see kv status.",
            "With --full every record is first read back from the disks and held to its checksum, and what is damaged is written "
                    + "again from another replica. Nodes do it at a bounded rate while they serve.",
            "It goes on when this command is interrupted; --cancel ends it. Exit code 1 when something is left to do."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RepairCommand implements Callable<Integer> {
    private static final long LOOK_EVERY_MILLIS = 500;

    @Mixin
    private Connection connection;

    @Mixin
    private Output output;

    @Option(names = "--full", description = "Reads every record back from the disks first.")
    private boolean full;

    @Option(
            names = "--partition",
            split = ",",
            paramLabel = "N",
            description =
                    "These partitions only; several with commas. Default: all. Which one a key is in: kv mapping KEY.")
    private Set<Integer> partitions = new LinkedHashSet<>();

    @Option(names = "--cancel", description = "Ends exchanges and scrubs that are under way.")
    private boolean cancel;

    @Option(names = "--no-wait", description = "Only begins it.")
    private boolean noWait;

    @Option(
            names = "--limit",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "Waits at most so long. Default: ${DEFAULT-VALUE}.")
    private Duration limit;

    @Override
    public Integer call() throws InterruptedException {
        if (cancel && (full || !partitions.isEmpty())) {
            throw new IllegalArgumentException("--cancel ends all repair: it takes neither --full nor --partition");
        }
        try (KvClient client = connection.open()) {
            ClusterPicture picture = ClusterLook.of(client, connection);
            if (cancel) {
                return cancel(client, picture);
            }
            RepairRun run = new RepairRun(client, picture.nodes(), connection.timeout(), partitions, full);
            run.begin();
            if (noWait) {
                return begun(picture, run);
            }
            long begin = System.nanoTime();
            try (ProgressLine _ = ProgressLine.start(output.err(), () -> line(run))) {
                await(run, begin);
            }
            return report(run, Duration.ofNanos(System.nanoTime() - begin));
        }
    }

    private int cancel(KvClient client, ClusterPicture picture) {
        var answers = RepairRun.ask(
                client,
                picture.nodes(),
                connection.timeout(),
                RepairRequest.newBuilder().setCancel(true).build());
        List<String> silent = answers.entrySet().stream()
                .filter(answer -> answer.getValue() instanceof KvClient.Answer.Failed<?>)
                .map(Map.Entry::getKey)
                .toList();
        ObjectNode json = Output.object().put("cancelled", answers.size() - silent.size());
        json.set("silent", Output.JSON.valueToTree(silent));
        output.result(
                json, out -> out.printf("ended on %d of %d nodes%n", answers.size() - silent.size(), answers.size()));
        output.hint("Replicas that differ are still exchanged by themselves in time: kv status");
        return silent.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private int begun(ClusterPicture picture, RepairRun run) {
        int nodes = picture.nodes().size() - run.left().size();
        ObjectNode json = Output.object().put("begunOn", nodes);
        json.set("left", Output.JSON.valueToTree(run.left()));
        output.result(
                json,
                out -> out.printf(
                        "begun on %d of %d nodes%n", nodes, picture.nodes().size()));
        run.left().forEach((name, why) -> output.complain(name + " has no part in it: " + why));
        output.hint("How it goes: kv status. The end of it: kv repair --cancel");
        return run.left().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void await(RepairRun run, long begin) throws InterruptedException {
        run.look();
        while (!run.isOver() && System.nanoTime() - begin < limit.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            run.look();
        }
    }

    private String line(RepairRun run) {
        RepairLook now = run.now();
        RepairRun.Pairs pairs = run.pairs();
        String exchanged = pairs.done() + " of " + pairs.all() + " pairs exchanged";
        if (!now.scrubbing()) {
            return Units.progress(pairs.fraction()) + exchanged + ", " + now.sum(RepairStatus::getRunningCount)
                    + " under way";
        }
        long left = now.scrub(ScrubStatus::getPartitionsLeft);
        long done = now.scrub(ScrubStatus::getPartitionsDone);
        return Units.progress((double) done / Math.max(1, left + done))
                + Units.count(now.scrub(ScrubStatus::getRecords)) + " records read back, "
                + Units.bytes(now.scrub(ScrubStatus::getBytes)) + ", "
                + Units.count(now.scrub(ScrubStatus::getDamaged)) + " damaged; " + exchanged;
    }

    private int report(RepairRun run, Duration elapsed) {
        boolean whole =
                run.isOver() && run.left().isEmpty() && run.notScrubbed().isEmpty();
        Set<Integer> differing = run.differing();
        output.result(json(run, elapsed, whole, differing), out -> print(run, elapsed, differing, out));
        run.left().forEach((name, why) -> output.complain(name + " has no part in it: " + why));
        run.notScrubbed()
                .forEach(name -> output.complain(name + " did not read all of its records: was it restarted?"));
        if (!run.isOver()) {
            RepairRun.Pairs pairs = run.pairs();
            output.complain("not through within " + Units.duration(limit) + ": " + (pairs.all() - pairs.done())
                    + " pairs are left, " + run.now().sum(RepairStatus::getDamagedRecords)
                    + " damaged records wait for a copy. It goes on by itself.");
        }
        if (!whole) {
            output.hint(
                    "Next: kv nodes for who is down and since when, kv status for how it goes on, then kv repair again.");
        } else if (!differing.isEmpty()) {
            output.hint(
                    "Writes under way make replicas differ for a moment. If it stays so without any: kv repair --full");
        }
        return whole ? ExitCode.DONE : ExitCode.FAILED;
    }

    private ObjectNode json(RepairRun run, Duration elapsed, boolean whole, Set<Integer> differing) {
        ObjectNode json = Output.object();
        json.put("complete", whole).put("full", full).put("seconds", elapsed.toMillis() / 1e3);
        json.put("partitions", run.partitions()).put("partitionsThatDiffer", differing.size());
        ArrayNode nodes = json.putArray("nodes");
        run.now().told().forEach((name, told) -> {
            RepairRun.Done done = run.done(name);
            ScrubStatus scrub = told.getRepair().getScrub();
            ObjectNode node = nodes.addObject();
            node.put("name", name).put("exchanges", done.exchanges()).put("keysRepaired", done.keys());
            node.put("bytesMoved", done.bytes())
                    .put("repairedUpToEpochMillis", told.getRepair().getRepairedUpToEpochMillis());
            if (full) {
                node.put("recordsRead", scrub.getRecords()).put("bytesRead", scrub.getBytes());
                node.put("damaged", scrub.getDamaged()).put("damagedRepaired", done.written());
            }
        });
        json.set("left", Output.JSON.valueToTree(run.left()));
        return json;
    }

    private void print(RepairRun run, Duration elapsed, Set<Integer> differing, PrintWriter out) {
        Table table = full
                ? new Table(
                        "NODE",
                        "+READ BACK",
                        "+BYTES",
                        "+DAMAGED",
                        "+REPAIRED",
                        "+EXCHANGES",
                        "+KEYS",
                        "+MOVED",
                        "EQUAL UP TO")
                : new Table("NODE", "+EXCHANGES", "+KEYS", "+MOVED", "EQUAL UP TO");
        run.now().told().forEach((name, told) -> {
            RepairRun.Done done = run.done(name);
            ScrubStatus scrub = told.getRepair().getScrub();
            String upTo = RepairLook.ago(told.getRepair().getRepairedUpToEpochMillis());
            if (full) {
                table.row(
                        name,
                        Units.count(scrub.getRecords()),
                        Units.bytes(scrub.getBytes()),
                        Units.count(scrub.getDamaged()),
                        Units.count(done.written()),
                        Units.count(done.exchanges()),
                        Units.count(done.keys()),
                        Units.bytes(done.bytes()),
                        upTo);
            } else {
                table.row(
                        name, Units.count(done.exchanges()), Units.count(done.keys()), Units.bytes(done.bytes()), upTo);
            }
        });
        table.print(out);
        String verdict = differing.isEmpty()
                ? "@|green the replicas that answer are equal|@"
                : "@|yellow the replicas of " + differing.size() + " differ at this moment|@";
        out.println(
                output.ansi().string(run.partitions() + " partitions in " + Units.duration(elapsed) + ": " + verdict));
    }
}
