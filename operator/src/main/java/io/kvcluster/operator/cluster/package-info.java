/**
 * One pass over a KvCluster, top to bottom in {@link io.kvcluster.operator.cluster.ClusterReconciler}: observe, plan, run, report.
 *
 * <ol>
 *   <li>Observe: one immutable look at caches and node reports.
 *   <li>Plan: {@code Planner}, a pure function from that look to steps and waits. Nothing is remembered between passes.
 *   <li>Run: {@code StepRunner}. What cannot be undone is planned a second time from the API server's own answer and run only if
 *       that plan says the same.
 *   <li>Report: status, events, one line of log for each decision.
 * </ol>
 */
@NullMarked
package io.kvcluster.operator.cluster;

import org.jspecify.annotations.NullMarked;
