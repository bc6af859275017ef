package io.kvcluster.node;

import io.kvcluster.node.repair.RepairEvents;
import io.kvcluster.node.telemetry.RepairMetrics;

/** What repair does, counted. */
final class RepairCounts implements RepairEvents {
    private final RepairMetrics metrics;

    RepairCounts(RepairMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void hintStored() {
        metrics.hint(RepairMetrics.Hint.STORED);
    }

    @Override
    public void hintReplayed() {
        metrics.hint(RepairMetrics.Hint.REPLAYED);
    }

    @Override
    public void hintDropped() {
        metrics.hint(RepairMetrics.Hint.DROPPED);
    }

    @Override
    public void exchangeEnded(ExchangeEnd end) {
        metrics.exchanged(
                switch (end) {
                    case EQUAL -> RepairMetrics.Exchange.EQUAL;
                    case REPAIRED -> RepairMetrics.Exchange.REPAIRED;
                    case FAILED -> RepairMetrics.Exchange.FAILED;
                });
    }

    @Override
    public void keyRepaired() {
        metrics.keyRepaired();
    }

    @Override
    public void bytesMoved(int bytes) {
        metrics.bytesMoved(bytes);
    }

    @Override
    public void tombstonesCollected(int keys) {
        metrics.tombstonesCollected(keys);
    }

    @Override
    public void possibleLoss() {
        metrics.possibleLoss();
    }

    @Override
    public void corruptRecordRepaired() {
        metrics.corruptRecordRepaired();
    }
}
