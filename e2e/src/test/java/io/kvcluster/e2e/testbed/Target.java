package io.kvcluster.e2e.testbed;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A Kubernetes API with the operator running on it, and hands to break things there. Used by one scenario at a time. */
public interface Target extends AutoCloseable {
    String name();

    Set<Ability> abilities();

    /** Administrator's access. Not to be kept across {@link #restartEverything}. */
    KubernetesClient client();

    /** For kubectl and helm. */
    String kubeconfig();

    /** Where scenarios make their clusters; the operator watches it. */
    String namespace();

    /** Zones that pods can be scheduled to; fewer than two: clusters are made without zones. */
    List<String> zones();

    /** What the pods of this target need in {@code spec.podTemplate}. */
    Map<String, Object> podTemplate();

    /** How long pods may take to be scheduled, to start and to form a cluster. */
    Duration patience();

    /** Where this process reaches a running pod. */
    PodAddress reach(Pod pod);

    /** Names of the pods, this one among them, that a fault of the machine under it hits: cut off, slow, without space, away. */
    Set<String> onTheMachineOf(String pod);

    /** @return false when there is no process of the pod to kill at the moment */
    boolean kill9(String pod);

    void pause(String pod);

    void resume(String pod);

    /** Cuts the pod's node off from the other nodes. It stays so, also when the pod is restarted, until {@link #heal}. */
    void partition(String pod, Partition how);

    /** Each frame between the pod's node and the others takes so much longer, each way, until {@link #heal}. */
    void slowDown(String pod, Duration delay);

    /** Ends {@link #partition} and {@link #slowDown} of this pod. */
    void heal(String pod);

    /** Until {@link #freeDisk}. Returns when there is no space; the node may take a moment to notice. */
    void fillDisk(String pod);

    void freeDisk(String pod);

    /** Sets the clock that the pod sees this much ahead of the right time, behind if negative; zero sets it right. */
    void shiftClock(String pod, Duration offset);

    /** Takes away the machine under the pod, until {@link #startNode} with the same pod. */
    void killNode(String pod);

    void startNode(String pod);

    /** Where the operator shows its metrics; empty where this process does not reach it. */
    Optional<URI> operatorConsole();

    /** Another name of an image of storage nodes that pods can run, for two templates beside each other; the program may be the same. */
    Optional<String> otherNodeImage();

    /** Ends its process without warning. It is started again by whoever keeps it. */
    void killOperator();

    /** It has filled its caches and looks after clusters, as far as it can be told from outside. */
    boolean operatorWorks();

    /** Returns when it is gone. */
    void stopOperator();

    /** Returns when it is started, not when it has worked. */
    void startOperator();

    void stopApiServer();

    /** Returns when the API server answers. */
    void startApiServer();

    /** Stops all there is in order and starts it again; {@link #client} is another one afterwards. */
    void restartEverything();

    @Override
    void close();
}
