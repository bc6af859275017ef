package io.kvcluster.node.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The shipped logback.xml, in a context of its own. */
class LogFormatTest {
    @Test
    @ResourceLock("System.out")
    void anEventIsOneLineOfKeysAndValuesWithItsStackTrace() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            LoggerContext context = new LoggerContext();
            context.setMDCAdapter(new LogbackMDCAdapter());
            JoranConfigurator configurator = new JoranConfigurator();
            configurator.setContext(context);
            configurator.doConfigure(getClass().getResource("/logback.xml"));
            assertThat(context.getStatusManager().getCopyOfStatusList())
                    .noneMatch(status -> status.getEffectiveLevel() >= ch.qos.logback.core.status.Status.WARN);
            var log = context.getLogger("io.kvcluster.node.rpc.Example");
            log.info("event=started port={}", 8080);
            log.debug("event=hidden");
            context.getLogger("io.helidon.Example").info("chatter of a library");
            log.error("event=broken\r\nforged=line", new IllegalStateException("two\nlines"));
            context.stop();
        } finally {
            System.setOut(before);
        }
        String[] lines = out.toString(StandardCharsets.UTF_8).split("\n");
        assertThat(lines).hasSize(2);
        assertThat(lines[0])
                .matches("ts=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z level=INFO  thread=\"[^\"]*\" "
                        + "logger=Example event=started port=8080 *\r?");
        assertThat(lines[1])
                .contains("level=ERROR")
                .contains("event=broken forged=line")
                .contains("IllegalStateException: two")
                .contains(" | at io.kvcluster");
    }

    @Test
    void javaUtilLoggingGoesTheSameWay() {
        Logging.install();
        assertThat(java.util.logging.Logger.getLogger("").getHandlers())
                .singleElement()
                .isInstanceOf(org.slf4j.bridge.SLF4JBridgeHandler.class);
        java.util.logging.Logger.getLogger("io.grpc.Example").log(Level.FINE, "not shown");
    }
}
