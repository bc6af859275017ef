package io.kvcluster.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.kvcluster.client.FakeCluster;
import io.kvcluster.client.FakeNode;
import io.kvcluster.client.FakeNode.Behaviour;
import io.kvcluster.proto.kv.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportAndVerifyTest {
    private static final int RECORDS = 2000;

    @TempDir
    private Path directory;

    private final FakeCluster cluster = FakeCluster.onLoopback(3);
    private final String server = "--server=" + cluster.seed(0) + "," + cluster.seed(1) + "," + cluster.seed(2);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void everythingIsAcknowledgedAndFoundAgain() throws IOException {
        Kv done = importAll("--concurrency", "16");
        assertThat(done.code()).as(done.err()).isEqualTo(0);
        assertThat(done.out()).contains("2,000 records read, 2,000 acknowledged");
        assertThat(done.err()).contains("kv verify --acked");
        assertThat(Files.readAllLines(acked())).hasSize(RECORDS).allMatch(line -> line.contains("\"sha256\""));
        Kv verified = verify();
        assertThat(verified.code()).as(verified.out()).isEqualTo(0);
        assertThat(verified.out()).contains("2,000 acknowledged keys").contains("all there");
    }

    @Test
    void nodesThatRefuseDropAnswersAndAreOverloadedLoseNothing() throws IOException {
        cluster.nodes().forEach(node -> node.behave(erratic(node.name().hashCode())));
        Kv done = importAll("--timeout", "500ms", "--concurrency", "100", "-o", "json");
        assertThat(done.code()).as(done.err()).isEqualTo(0);
        assertThat(done.json().path("retries").asInt()).isPositive();
        assertThat(Files.readAllLines(acked())).hasSize(RECORDS);
        cluster.nodes().forEach(node -> node.always(FakeNode.SERVE));
        assertThat(verify().code()).isEqualTo(0);
    }

    @Test
    void aNodeKilledInTheMiddleLosesNothing() throws IOException {
        FakeNode last = cluster.node(2);
        Supplier<Behaviour> killer = () -> {
            if (last.puts() == 200) {
                Thread.ofVirtual().start(() -> cluster.kill(2));
            }
            return FakeNode.SERVE;
        };
        last.behave(killer);
        Kv done = importAll("--concurrency", "8");
        assertThat(done.code()).as(done.err()).isEqualTo(0);
        cluster.start(2);
        assertThat(verify().code()).isEqualTo(0);
    }

    @Test
    void withoutRetryOfTheUnknownTheyAreWrittenDownApartAndTheExitCodeIs3() throws IOException {
        cluster.primaryOf("key-7").behave(onceIn(50, new Behaviour.ApplyAndFail(Status.Code.UNKNOWN, Reason.TIMEOUT)));
        Kv done = importAll("--no-retry-unknown", "-o", "json");
        assertThat(done.code()).isEqualTo(3);
        int unknown = done.json().path("unknown").asInt();
        assertThat(unknown).isPositive();
        assertThat(done.json().path("acknowledged").asInt()).isEqualTo(RECORDS - unknown);
        assertThat(Files.readAllLines(directory.resolve("acked.unknown"))).hasSize(unknown);
        assertThat(Files.readAllLines(acked())).hasSize(RECORDS - unknown);
    }

    @Test
    void aRecordThatIsRefusedForGoodFailsAndTheOthersGoOn() throws IOException {
        cluster.nodes().forEach(node -> node.behave(refusingTheKey("bad", node)));
        Files.writeString(
                input(),
                "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"bad\",\"value\":\"1\"}\n{\"key\":\"z\",\"value\":\"1\"}\n");
        Kv done = Kv.run("import", server, "--concurrency=1", "--acked", acked().toString(), input().toString());
        assertThat(done.code()).isEqualTo(1);
        assertThat(done.out()).contains("2 acknowledged").contains("1 failed");
        assertThat(done.err()).contains("put of 'bad' was not applied").contains("VALUE_TOO_LARGE");
    }

    @Test
    void anAcknowledgementFileOfAnotherRunIsNotOverwritten() throws IOException {
        importAll();
        Kv again = importAll();
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("exists already").contains("--resume");
    }

    @Test
    void whatCannotBeStoredInTimeIsGivenUpAndResumedLater() throws IOException {
        cluster.nodes()
                .forEach(
                        node -> node.always(new Behaviour.Refuse(Status.Code.UNAVAILABLE, Reason.NOT_ENOUGH_REPLICAS)));
        Files.writeString(input(), "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\"}\n");
        Kv failed = Kv.run(
                "import",
                server,
                "--timeout=200ms",
                "--give-up-after=500ms",
                "--acked",
                acked().toString(),
                input().toString());
        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.out()).contains("2 failed");
        assertThat(failed.err()).contains("NOT_ENOUGH_REPLICAS").contains("--resume");
        cluster.nodes().forEach(node -> node.always(FakeNode.SERVE));
        Files.writeString(acked(), "{\"key\":\"a\",\"ver", java.nio.file.StandardOpenOption.APPEND);
        Kv resumed = Kv.run("import", server, "--resume", "--acked", acked().toString(), input().toString());
        assertThat(resumed.code()).as(resumed.err()).isEqualTo(0);
        Kv twice = Kv.run("import", server, "--resume", "--acked", acked().toString(), input().toString());
        assertThat(twice.out()).contains("2 skipped");
        assertThat(verify().out()).contains("2 acknowledged keys");
    }

    @Test
    void ofSeveralRecordsOfOneKeyTheLastIsStored() throws IOException {
        Files.writeString(
                input(),
                IntStream.range(0, 500)
                        .mapToObj(i -> "{\"key\":\"k" + i % 3 + "\",\"value\":\"" + i + "\"}\n")
                        .collect(Collectors.joining()));
        cluster.nodes().forEach(node -> node.behave(erratic(7)));
        Kv done = Kv.run("import", server, "--timeout=500ms", "--acked", acked().toString(), input().toString());
        assertThat(done.code()).as(done.err()).isEqualTo(0);
        cluster.nodes().forEach(node -> node.always(FakeNode.SERVE));
        assertThat(Kv.run("get", server, "k1").out()).isEqualTo("499" + System.lineSeparator());
        assertThat(verify().code()).isEqualTo(0);
    }

    @Test
    void verifyNamesALostAndAChangedKey() throws IOException {
        importAll();
        ByteString lost = ByteString.copyFromUtf8("key-11");
        ByteString changed = ByteString.copyFromUtf8("key-12");
        cluster.nodes().forEach(node -> node.map().remove(lost));
        cluster.nodes().forEach(node -> node.map().put(changed, new FakeNode.Stored(ByteString.copyFromUtf8("?"), 5)));
        Kv verified = verify();
        assertThat(verified.code()).isEqualTo(1);
        assertThat(verified.out())
                .containsPattern("key-11 +missing")
                .containsPattern("key-12 +different")
                .contains("2 WRONG");
        JsonNode json = Kv.run("verify", server, "--acked", acked().toString(), "-o", "json")
                .json();
        assertThat(json.path("wrong").asInt()).isEqualTo(2);
        assertThat(json.path("findings").findValuesAsText("finding")).containsExactly("missing", "different");
    }

    @Test
    void verifyOfReplicasNamesTheOneThatLacksAKey() throws IOException {
        importAll();
        cluster.node(1).map().remove(ByteString.copyFromUtf8("key-11"));
        assertThat(verify().code()).isEqualTo(0);
        Kv replicas = Kv.run("verify", server, "--replicas", "--acked", acked().toString());
        assertThat(replicas.code()).isEqualTo(1);
        assertThat(replicas.out()).containsPattern("key-11 +missing +fake-1").contains("1 WRONG");
    }

    @Test
    void verifyOfReplicasSaysAtOnceWhichNodeItCannotReach() throws IOException {
        importAll();
        cluster.kill(1);
        Kv replicas = Kv.run("verify", server, "--timeout=1s", "--replicas", "--acked", acked().toString());
        assertThat(replicas.code()).isEqualTo(1);
        assertThat(replicas.err()).contains("cannot be reached from here: {fake-1=");
    }

    @Test
    void whatIsUnreadableIsNotCalledLost() throws IOException {
        importAll();
        cluster.nodes().forEach(node -> node.always(new Behaviour.Refuse(Status.Code.UNAVAILABLE, Reason.CANNOT_SAY)));
        Files.writeString(acked(), Files.readAllLines(acked()).getFirst() + "\n");
        Kv verified = Kv.run("verify", server, "--timeout=1s", "--acked", acked().toString());
        assertThat(verified.code()).isEqualTo(1);
        assertThat(verified.out()).contains("unreadable").contains("CANNOT_SAY");
        assertThat(verified.err()).contains("Unreadable is not lost");
    }

    @Test
    void aDebianPackageIndexIsStoredStanzaByStanza() throws IOException {
        Path index = directory.resolve("Packages");
        String first = "Package: 0ad\nVersion: 0.0.26-3\nArchitecture: amd64\nDescription: game\n more\n";
        String second = "Package: 0ad-data\nArchitecture: all\nVersion: 0.0.26-1\n";
        Files.writeString(index, first + "\n" + second);
        Kv done = Kv.run("import", server, "--format", "debian-packages", index.toString());
        assertThat(done.code()).as(done.err()).isEqualTo(0);
        Path value = directory.resolve("value");
        assertThat(Kv.run("get", server, "--to-file", value.toString(), "0ad/0.0.26-3/amd64")
                        .code())
                .isEqualTo(0);
        assertThat(value).hasContent(first);
    }

    private Kv importAll(String... more) throws IOException {
        Files.writeString(
                input(),
                IntStream.range(0, RECORDS)
                        .mapToObj(i -> "{\"key\":\"key-" + i + "\",\"value\":\"value " + i + "\"}\n")
                        .collect(Collectors.joining()));
        String[] arguments = {"import", server, "--acked", acked().toString(), input().toString()};
        return Kv.run(java.util.stream.Stream.of(arguments, more)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new));
    }

    private Kv verify() {
        return Kv.run("verify", server, "--acked", acked().toString());
    }

    private Path input() {
        return directory.resolve("input");
    }

    private Path acked() {
        return directory.resolve("acked");
    }

    /** Mostly serves; else one of the ways in which nodes fail. */
    private static Supplier<Behaviour> erratic(int seed) {
        Random random = new Random(seed);
        return () -> switch (random.nextInt(100)) {
            case 0 -> new Behaviour.Hang(false);
            case 1 -> new Behaviour.Hang(true);
            case 2, 3 -> new Behaviour.ApplyAndFail(Status.Code.UNKNOWN, Reason.PEER_LOST);
            case 4, 5, 6, 7 -> new Behaviour.Refuse(Status.Code.RESOURCE_EXHAUSTED, Reason.OVERLOADED);
            case 8, 9 -> new Behaviour.Refuse(Status.Code.UNAVAILABLE, Reason.NOT_ENOUGH_REPLICAS);
            case 10 -> new Behaviour.Bare(Status.UNAVAILABLE);
            default -> FakeNode.SERVE;
        };
    }

    private static Supplier<Behaviour> onceIn(int requests, Behaviour then) {
        java.util.concurrent.atomic.AtomicInteger count = new java.util.concurrent.atomic.AtomicInteger();
        return () -> count.incrementAndGet() % requests == 0 ? then : FakeNode.SERVE;
    }

    private static Supplier<Behaviour> refusingTheKey(String key, FakeNode node) {
        return () -> node.lastKey().equals(ByteString.copyFromUtf8(key))
                ? new Behaviour.Refuse(Status.Code.INVALID_ARGUMENT, Reason.VALUE_TOO_LARGE)
                : FakeNode.SERVE;
    }
}
