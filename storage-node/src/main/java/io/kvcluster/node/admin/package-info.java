/**
 * What the operator asks of this node and tells it: rings and address hints in, the ring in use and a report each second
 * out. Served on the peers' port, never exposed to clients; answers never wait on the transport's threads.
 */
@NullMarked
package io.kvcluster.node.admin;

import org.jspecify.annotations.NullMarked;
