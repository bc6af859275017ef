/**
 * Which members hold which partition. {@link io.kvcluster.ring.placement.Placement} is the one entry. It decides in three steps:
 * how many replicas each zone and each member gets ({@code ZoneShares}), which partitions those are ({@code WrapAround} for the
 * first placement, {@code LeastMoves} for a later one), and which replica of each is the primary ({@code Primaries}). Pure and
 * deterministic.
 */
@NullMarked
package io.kvcluster.ring.placement;

import org.jspecify.annotations.NullMarked;
