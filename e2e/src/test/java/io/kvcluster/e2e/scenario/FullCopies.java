package io.kvcluster.e2e.scenario;

import io.kvcluster.crd.KvClusterStatus;

/** When a lost store is made up for, as the status tells it. */
final class FullCopies {
    private FullCopies() {}

    /** Another store has taken its place in the pod, and nothing is under way any more. */
    static boolean withAnotherStore(KvClusterStatus status, String pod, String lost) {
        return status.operation() == null
                && status.ring().underReplicatedPartitions() == 0
                && status.members().stream()
                        .anyMatch(member -> member.name().equals(pod)
                                && !lost.equals(member.storeId())
                                && member.state().equals("NORMAL"));
    }

    /** It is no member any more, and nothing lacks a copy. */
    static boolean without(KvClusterStatus status, String lost) {
        return status.ring().underReplicatedPartitions() == 0
                && status.members().stream()
                        .noneMatch(member -> lost.equals(member.storeId())
                                && (member.state().equals("NORMAL")
                                        || member.state().equals("REPLACED")));
    }
}
