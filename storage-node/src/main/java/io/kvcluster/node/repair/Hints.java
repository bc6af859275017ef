package io.kvcluster.node.repair;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.HintLog;
import io.kvcluster.ring.Ring;
import java.util.HexFormat;

/** Keeps what replicas missed, or, when it cannot, remembers that they differ. On the loop of the write's partition. */
final class Hints {
    private final RepairSetup setup;
    private final RepairEvents events;

    Hints(RepairSetup setup, RepairEvents events) {
        this.setup = setup;
        this.events = events;
    }

    static long target(String storeId) {
        return HexFormat.fromHexDigitsToLong(storeId);
    }

    static String storeId(long target) {
        return HexFormat.of().toHexDigits(target);
    }

    void missed(PartitionRepair partition, Key key, byte[] record, long hlc, String storeId, Loop loop) {
        Ring ring = setup.rings().get();
        if (ring == null || !ring.isHolder(partition.partition(), storeId)) {
            events.hintDropped();
            return;
        }
        setup.hints().append(target(storeId), partition.partition(), key, record, hlc, loop, result -> {
            switch (result) {
                case HintLog.AppendResult.Kept _ -> events.hintStored();
                case HintLog.AppendResult.Full _ -> lost(partition, storeId);
                case HintLog.AppendResult.Refused _ -> lost(partition, storeId);
            }
        });
    }

    private void lost(PartitionRepair partition, String storeId) {
        events.hintDropped();
        partition.markDirty(storeId);
    }
}
