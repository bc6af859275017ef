package io.kvcluster.operator.observation;

import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeReport.Load;
import io.kvcluster.operator.nodeadmin.NodeReport.Moves;
import io.kvcluster.operator.nodeadmin.NodeReport.Phase;
import io.kvcluster.ring.change.CopyProof;
import io.kvcluster.ring.change.DrainProof;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A report in the making. */
public final class Told {
    public static final Load LOAD = new Load(1_000, 1L << 40, 1L << 40, 1_000_000, 0, 0);

    private final String name;
    public String storeId;
    public int incarnation = 1;
    public String clusterId = "";
    public Phase phase = Phase.WAITING_FOR_RING;
    public long epoch;
    public String hash = "";
    public int suspects;
    public boolean clockOutOfStep;
    public final Map<String, Boolean> peers = new HashMap<>();
    public Load load = LOAD;
    public boolean follows;
    public List<CopyProof> copies = List.of();
    public Optional<DrainProof> drain = Optional.empty();

    Told(String name, String storeId) {
        this.name = name;
        this.storeId = storeId;
    }

    /** It says that it holds so much. */
    public void holds(int partitions, long records) {
        drain = Optional.of(new DrainProof(storeId, incarnation, epoch, partitions, records, 0));
    }

    NodeReport report() {
        return new NodeReport(
                name,
                storeId,
                incarnation,
                clusterId,
                phase,
                "",
                epoch,
                hash,
                0,
                suspects,
                false,
                clockOutOfStep,
                peers,
                "1.0",
                load,
                new Moves(follows, copies, drain));
    }
}
