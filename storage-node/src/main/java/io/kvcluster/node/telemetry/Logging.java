package io.kvcluster.node.telemetry;

import org.slf4j.bridge.SLF4JBridgeHandler;

/** One log: what libraries write by java.util.logging goes where everything goes (logback.xml: one line, key=value, stdout). */
public final class Logging {
    private Logging() {}

    /** Once, first thing in main. */
    public static void install() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }
}
