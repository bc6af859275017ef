/**
 * Volume claims: which cluster's data they hold ({@link io.kvcluster.operator.volumes.Claims}), how they grow, what becomes of them when
 * their member left, and when the cluster is deleted ({@link io.kvcluster.operator.volumes.Reclaim}). ADR 23. Claims have no owner: they outlive the cluster unless the
 * spec says otherwise.
 */
@NullMarked
package io.kvcluster.operator.volumes;

import org.jspecify.annotations.NullMarked;
