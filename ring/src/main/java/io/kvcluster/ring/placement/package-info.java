/**
 * Which members hold which partition. {@link io.kvcluster.ring.placement.Placement} is the one entry; it decides in three
 * steps, each a class: how many replicas each zone and each member gets ({@code Shares}), which partitions those are
 * ({@code WrapAround}), which replica of each partition is the primary ({@code Primaries}). Pure and deterministic.
 */
@NullMarked
package io.kvcluster.ring.placement;

import org.jspecify.annotations.NullMarked;
