package io.kvcluster.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvcluster.client.FakeCluster;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class BenchSweepTest {
    @TempDir
    private Path directory;

    private final FakeCluster cluster = FakeCluster.onLoopback(3);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aSweepIsATableARowForEachStepAndSaysWhatToDoNext() {
        Kv bench = run("--concurrency=1,4", "--consistency=one,quorum");
        assertThat(bench.code()).as(bench.err() + bench.out()).isEqualTo(0);
        assertThat(bench.out().lines().filter(line -> line.matches("(one|quorum) .*[14] in flight.*")))
                .hasSize(4);
        assertThat(bench.err()).contains("--rate ").contains("--report bench.html");
    }

    @Test
    void theReportStandsAloneAndItsPlotsAreXml() throws Exception {
        Path report = directory.resolve("bench.html");
        Path plots = directory.resolve("plots");
        Path result = directory.resolve("bench.json");
        Kv bench = run("--rate=50,100", "--reads=0,50", "--report=" + report, "--plots=" + plots, "--result=" + result);
        assertThat(bench.code()).as(bench.err() + bench.out()).isEqualTo(0);
        JsonNode json = new ObjectMapper().readTree(result.toFile());
        assertThat(json.path("runs")).hasSize(4);
        assertThat(json.path("runs").get(3).path("plan").path("rate").asDouble())
                .isEqualTo(100);
        assertThat(json.path("runs").get(3).path("behind").isIntegralNumber()).isTrue();
        String html = Files.readString(report);
        assertThat(html)
                .contains("quorum, 50% reads, 100/s asked")
                .contains("--rate=50,100")
                .doesNotContain("<script");
        // Nothing is fetched: the only addresses in it are names of XML vocabularies.
        assertThat(html.replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http://")
                .doesNotContain("https://");
        List<Path> files;
        try (Stream<Path> all = Files.list(plots)) {
            files = all.sorted().toList();
        }
        assertThat(files.stream().map(file -> file.getFileName().toString()))
                .contains("throughput.svg", "latency-p50.svg", "latency-p99.svg", "run-4-percentiles.svg");
        for (Path file : files) {
            assertThat(xml(Files.readString(file)).getElementsByTagName("text").getLength())
                    .as(file.toString())
                    .isGreaterThan(4);
        }
        assertThat(html.split("<svg", -1)).hasSize(files.size() + 1);
    }

    private static Document xml(String text) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    }

    private Kv run(String... more) {
        return Kv.run(Stream.concat(
                        Stream.of(
                                "bench",
                                "--server=" + cluster.seed(0),
                                "--timeout=30s",
                                "--warm-up=100ms",
                                "--settle=50ms",
                                "--duration=300ms",
                                "--keys=50",
                                "--value-size=16"),
                        Stream.of(more))
                .toArray(String[]::new));
    }
}
