package io.kvcluster.operator.nodeadmin;

import io.kvcluster.operator.nodeadmin.NodeReport.Load;
import io.kvcluster.operator.nodeadmin.NodeReport.Moves;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.proto.admin.AddressHint;
import io.kvcluster.proto.admin.CopyStatus;
import io.kvcluster.proto.admin.DrainStatus;
import io.kvcluster.proto.admin.NodeStatus;
import io.kvcluster.proto.admin.PeerView;
import io.kvcluster.proto.admin.PushRingRequest;
import io.kvcluster.proto.admin.PushRingResponse;
import io.kvcluster.ring.change.CopyProof;
import io.kvcluster.ring.change.DrainProof;
import java.util.Optional;
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
                        status.getLogBytes(),
                        status.getDurableLsn(),
                        status.getClockEpochMillis()),
                new Moves(
                        status.getFollowsMoves(),
                        status.getCopiesList().stream().map(Wire::copy).toList(),
                        drain(status)));
    }

    private static CopyProof copy(CopyStatus copy) {
        return new CopyProof(
                copy.getPartition(),
                copy.getCopyEpoch(),
                copy.getComplete(),
                copy.getExchangedList(),
                copy.getMetList());
    }

    /** All its numbers may be 0 on the wire because nothing was said: that it is there at all is what makes it a word of the node. */
    private static Optional<DrainProof> drain(NodeStatus status) {
        if (!status.hasDrain()) {
            return Optional.empty();
        }
        DrainStatus drain = status.getDrain();
        return Optional.of(new DrainProof(
                status.getStoreId(),
                status.getIncarnation(),
                drain.getRingEpoch(),
                drain.getOwnedPartitions(),
                drain.getHeldRecords(),
                drain.getHints()));
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
