/**
 * Experiment mode: faults of clock, network and disk, made at the seams of a running node, so that chaos on real processes meets
 * the shipped classes. A node is in it only when its environment names a fault file at start; without one none of these classes
 * wraps anything. No client, peer or operator can reach it: the file is its only door (ADR 13).
 */
@NullMarked
package io.kvcluster.node.seams.experiment;

import org.jspecify.annotations.NullMarked;
