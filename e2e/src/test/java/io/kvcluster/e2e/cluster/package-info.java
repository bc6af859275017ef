/** A KvCluster as its user sees it: its spec, its status, its nodes over HTTP and gRPC. */
@NullMarked
package io.kvcluster.e2e.cluster;

import org.jspecify.annotations.NullMarked;
