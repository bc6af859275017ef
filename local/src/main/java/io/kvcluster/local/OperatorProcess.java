package io.kvcluster.local;

import io.fabric8.kubernetes.client.KubernetesClient;

/** How the operator is started in this process. A test may start none, or one of its own. */
@FunctionalInterface
public interface OperatorProcess {
    /** A cluster without an operator. */
    OperatorProcess NONE = client -> () -> {};

    /**
     * Starts the operator; closing the result stops it.
     *
     * @param client of the local API server; the caller closes it after the operator
     */
    AutoCloseable start(KubernetesClient client) throws Exception;
}
