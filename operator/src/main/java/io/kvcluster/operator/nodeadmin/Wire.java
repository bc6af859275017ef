package io.kvcluster.operator.nodeadmin;

import io.kvcluster.operator.nodeadmin.NodeReport.Load;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.proto.admin.AddressHint;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.admin.PeerView;
import io.kvcluster.proto.admin.PushRingRequest;
import io.kvcluster.proto.admin.PushRingResponse;
import java.util.stream.Collectors;

/** Wire form <-> the operator's words. */
final class Wire {
    private Wire() {}

    static NodeReport report(NodeStatus status) {
        return new NodeReport(
                status.getName(),
                status.getStoreId(),
                status.getIncarnation(),
                status.getClusterId(),
                switch (status.getPhase()) {
                    case RECOVERING -> Phase.RECOVERING;
                    case WAITING_FOR_RING -> Phase.WAITING_FOR_RING;
                    case SERVING -> Phase.SERVING;
                    case DRAINING -> Phase.DRAINING;
                    case FAILED -> Phase.FAILED;
                    case PHASE_UNSPECIFIED, UNRECOGNIZED -> Phase.UNKNOWN;
                },
                status.getPhaseMessage(),
                status.getRingEpoch(),
                status.getRingHash(),
                status.getOwnedPartitions(),
                status.getSuspectPartitions(),
                status.getDiskFull(),
                status.getClockOutOfStep(),
                status.getPeersList().stream()
                        .collect(Collectors.toMap(PeerView::getStoreId, PeerView::getUp, (_, last) -> last)),
                status.getVersion(),
                new Load(
                        status.getKeys(),
                        status.getDiskFreeBytes(),
                        status.getDiskTotalBytes(),
                        status.getDurableLsn(),
                        status.getClockEpochMillis()));
    }

    static PushRingRequest request(Publication publication) {
        PushRingRequest.Builder request =
                PushRingRequest.newBuilder().setRing(publication.ring().table());
        publication
                .hints()
                .forEach((storeId, address) -> request.addHints(AddressHint.newBuilder()
                        .setStoreId(storeId)
                        .setAddress(address)
                        .build()));
        return request.build();
    }

    static PushOutcome outcome(PushRingResponse response) {
        return switch (response.getVerdict()) {
            case ACCEPTED -> new PushOutcome.Acknowledged(response.getEpoch());
            case NOT_READY -> new PushOutcome.Failed("the node is not ready for a ring yet: " + response.getMessage());
            case OLDER, FORK, OTHER_CLUSTER, INVALID, VERDICT_UNSPECIFIED, UNRECOGNIZED ->
                new PushOutcome.Refused(response.getVerdict().name(), response.getMessage());
        };
    }
}
