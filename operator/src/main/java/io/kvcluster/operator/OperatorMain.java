package io.kvcluster.operator;

import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the operator in a pod, or anywhere with a kubeconfig. Exit codes: 0 stopped, 1 could not start, 2 wrong configuration. */
public final class OperatorMain {
    private OperatorMain() {}

    public static void main(String[] args) throws InterruptedException {
        // Of this program, not of whoever has its jar on the class path.
        System.setProperty("logback.configurationFile", "io/kvcluster/operator/logback.xml");
        Logger log = LoggerFactory.getLogger(OperatorMain.class);
        OperatorConfig config;
        try {
            config = OperatorConfig.fromEnvironment(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        try {
            Operator operator = Operator.start(config, new KubernetesClientBuilder().build());
            Runtime.getRuntime().addShutdownHook(new Thread(operator::close, "shutdown"));
            log.atInfo()
                    .addKeyValue("namespaces", config.namespaces().isEmpty() ? "all" : config.namespaces())
                    .addKeyValue("nodeImage", config.nodeImage())
                    .addKeyValue("httpPort", operator.httpPort())
                    .log("the operator runs");
        } catch (RuntimeException e) {
            log.error("the operator could not start", e);
            System.exit(1);
        }
        new CountDownLatch(1).await();
    }
}
