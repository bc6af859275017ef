package io.kvcluster.node;

import io.kvcluster.node.repair.RepairEvents;
import io.kvcluster.node.telemetry.ConsistencyViolation;
import io.kvcluster.node.telemetry.RepairMetrics;
import io.kvcluster.node.telemetry.ReplicationMetrics;

/** What repair does, counted. */
final class RepairCounts implements RepairEvents {
    private final RepairMetrics metrics;
    private final ReplicationMetrics violations;

    RepairCounts(RepairMetrics metrics, ReplicationMetrics violations) {
        this.metrics = metrics;
        this.violations = violations;
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

    @Override
    public void damagedRecordLost() {
        metrics.possibleLoss();
    }

    @Override
    public void scrubbed(int records, long bytes, int damaged) {
        metrics.scrubbed(records, bytes);
        for (int i = 0; i < damaged; i++) {
            violations.violated(ConsistencyViolation.CHECKSUM);
        }
    }
}
