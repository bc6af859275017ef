package io.kvcluster.node.rpc;

import io.kvcluster.node.command.Key;
import io.kvcluster.proto.kv.GetMappingResponse;
import io.kvcluster.proto.kv.NodeView;
import io.kvcluster.proto.ring.RingTable;
import java.util.List;
import java.util.Optional;

/** What this node knows of the cluster, for clients to see. Any thread; returns published snapshots at once. */
public interface ClusterView {
    /** Empty before the first ring. */
    Optional<RingTable> ring();

    /** The members of the ring in its order; empty before the first ring. */
    List<NodeView> nodes();

    /** Where a key lives, primary first; empty before the first ring. */
    Optional<GetMappingResponse> mapping(Key key);
}
