package io.kvcluster.local.kubelet;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What a pod's worker uses: ways to start, probe, log and report. */
interface Machinery {
    Launch launch();

    Prober prober();

    LogFiles logs();

    ProcessTable processes();

    Objects objects();

    /** Runs the task on the kubelet's thread, soon. */
    void post(Runnable task);

    /** Writes an event about the pod, if the API server is there. */
    void report(ObjectNode pod, boolean normal, String reason, String message);
}
