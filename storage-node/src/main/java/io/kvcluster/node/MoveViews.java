package io.kvcluster.node;

import io.kvcluster.node.repair.RepairReport;
import io.kvcluster.node.storage.HintLog;
import io.kvcluster.node.storage.StorageReport;
import io.kvcluster.node.storage.Store;
import io.kvcluster.proto.admin.CopyStatus;
import io.kvcluster.proto.admin.DrainStatus;
import io.kvcluster.ring.Ring;
import java.util.List;
import java.util.Optional;

/** What a store says of itself while partitions move: of its copies, and of what it still holds. Any thread. */
public final class MoveViews {
    private final NodeCore core;

    public MoveViews(NodeCore core) {
        this.core = core;
    }

    public List<CopyStatus> copies() {
        return core.repair().report().copies().stream().map(MoveViews::copy).toList();
    }

    private static CopyStatus copy(RepairReport.Copy copy) {
        return CopyStatus.newBuilder()
                .setPartition(copy.partition())
                .setCopyEpoch(copy.copyEpoch())
                .setComplete(copy.complete())
                .addAllExchanged(copy.exchanged())
                .addAllMet(copy.met())
                .setKeys(copy.keys())
                .build();
    }

    /** Suspect partitions of which this store is a replica: what it is only about to get answers nobody anyway. */
    public int suspectReplicas(Ring ring) {
        Store store = core.store();
        String storeId = store.identity().storeIdText();
        int suspects = 0;
        for (int p = 0; p < ring.partitions(); p++) {
            suspects += store.suspect(p) && ring.isReplica(p, storeId) ? 1 : 0;
        }
        return suspects;
    }

    /** Empty while the store cannot tell: an index that is being rebuilt shows no keys. The ring is read before what is held. */
    public Optional<DrainStatus> drain() {
        Ring ring = core.keeper().current();
        StorageReport storage = core.store().report();
        HintLog.Report hints = core.store().hints().report();
        if (ring == null || !storage.indexReady() || !hints.recovered()) {
            return Optional.empty();
        }
        return Optional.of(DrainStatus.newBuilder()
                .setRingEpoch(ring.epoch())
                .setOwnedPartitions(
                        ring.partitionsOf(storage.identity().storeIdText()).size())
                .setHeldRecords(storage.keys())
                .setHints(hints.hints())
                .build());
    }
}
