package io.kvcluster.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as a person types them; {@code up} as a process of its own. */
class LocalMainTest {
    @TempDir
    Path folder;

    private record Answer(int code, String out, String err) {}

    private static Answer kvLocal(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = LocalMain.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Answer(code, out.toString(), err.toString());
    }

    private String dir() {
        return "--dir=" + folder;
    }

    @Test
    void withoutACommandTheUsageIsShown() {
        Answer answer = kvLocal();
        assertThat(answer.code()).isEqualTo(2);
        assertThat(answer.err()).contains("one of up, down, status, kill, logs").contains("Usage: kv local");
    }

    @Test
    void aPortThatIsNoneIsNamed() {
        Answer answer = kvLocal("up", dir(), "--http-port", "99999", "--node-class-path", "x");
        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.err()).contains("http port 99999: must be 0 (any free one) to 65535");
    }

    @Test
    void whatNeedsARunningClusterSaysSo() {
        assertThat(kvLocal("status", dir()).err()).contains("no local cluster runs in " + folder);
        assertThat(kvLocal("logs", dir(), "demo-0").err()).contains("no local cluster runs in " + folder);
        assertThat(kvLocal("kill", dir(), "demo-0").err()).contains("no process of pod \"demo-0\"");
        assertThat(kvLocal("down", dir())).isEqualTo(new Answer(0, "no local cluster runs in " + folder + "\n", ""));
    }

    @Test
    void aCheckoutThatIsNotBuiltIsExplained() {
        String home = System.setProperty("kvcluster.home", folder.toString());
        try {
            assertThat(kvLocal("up", dir()).err()).contains("the storage node is not built", "make package");
        } finally {
            System.setProperty("kvcluster.home", home == null ? "." : home);
        }
    }

    @Test
    void aBadExampleStopsTheStartWithItsReason() throws Exception {
        Path example = Files.writeString(
                folder.resolve("bad.yaml"),
                "apiVersion: kvcluster.io/v1beta1\nkind: KvCluster\nmetadata: {name: x}\nspec: {replicas: 99}\n");
        Process up = up("--example", example.toString());
        assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(up.exitValue()).isEqualTo(1);
        assertThat(new String(up.getErrorStream().readAllBytes()))
                .contains("kv local: " + example, "spec.replicas is 99");
    }

    @Test
    void upRunsUntilItIsToldToEndAndLeavesNothingRunning() throws Exception {
        Process up = up();
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> kvLocal("status", dir()).code() == 0);
            assertThat(kvLocal("status", dir()).out()).contains("NAME   READY   RF", "KUBECONFIG=" + folder);
            assertThat(kvLocal("logs", dir(), "none").err()).contains("pods \"none\" not found");

            Answer down = kvLocal("down", dir());
            assertThat(down.out()).contains("stopped; the data is in " + folder);
            assertThat(up.isAlive()).isFalse();
            assertThat(folder.resolve("processes"))
                    .satisfiesAnyOf(
                            none -> assertThat(none).doesNotExist(),
                            empty -> assertThat(empty).isEmptyDirectory());
            assertThat(folder.resolve("objects.journal")).isNotEmptyFile();
        } finally {
            up.destroyForcibly();
        }
    }

    @Test
    void aBusyPortEndsTheStartWithTheWayOut() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Answer answer = kvLocal(
                    "up",
                    dir(),
                    "--http-port=0",
                    "--api-port=0",
                    "--grpc-port=" + taken.getLocalPort(),
                    "--node-class-path=x");
            assertThat(answer.code()).isEqualTo(1);
            assertThat(answer.err()).contains("port " + taken.getLocalPort(), "--grpc-port PORT");
        }
    }

    private Process up(String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx300m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                LocalMain.class.getName(),
                "up",
                dir(),
                "--http-port=0",
                "--grpc-port=0",
                "--api-port=0",
                "--node-class-path=none"));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("up.out").toFile())
                .start();
    }
}
