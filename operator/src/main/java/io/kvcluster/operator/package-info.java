/**
 * The controller that turns a {@code KvCluster} into storage pods, a ring and volumes. {@link io.kvcluster.operator.Operator} wires the
 * rooms, {@link io.kvcluster.operator.OperatorMain} starts it in a pod, {@link io.kvcluster.operator.OperatorConfig} says what may be
 * chosen.
 */
@NullMarked
package io.kvcluster.operator;

import org.jspecify.annotations.NullMarked;
