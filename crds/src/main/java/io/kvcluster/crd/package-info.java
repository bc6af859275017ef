/**
 * The {@code KvCluster} resource as Java records: what a user writes ({@link io.kvcluster.crd.KvClusterSpec}) and what the operator answers
 * ({@link io.kvcluster.crd.KvClusterStatus}). The annotations are the schema: the CRD in {@code io/kvcluster/crd} of the resources is
 * generated from them and the build fails when it differs. {@code spec-table} beside it lists good and bad specs with the verdict that
 * every API server has to give.
 */
@NullMarked
package io.kvcluster.crd;

import org.jspecify.annotations.NullMarked;
