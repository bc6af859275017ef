/**
 * The operator's line to the storage nodes: {@link io.kvcluster.operator.nodeadmin.NodeAdmin} keeps a status stream to each pod
 * and carries rings. What a node said is a {@link io.kvcluster.operator.nodeadmin.NodeReport}; whether it is heard at all is its
 * {@link io.kvcluster.operator.nodeadmin.Liveness}. The only room that knows gRPC.
 */
@NullMarked
package io.kvcluster.operator.nodeadmin;

import org.jspecify.annotations.NullMarked;
