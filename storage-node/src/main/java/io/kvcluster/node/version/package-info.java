/**
 * What a version of a key is and how versions meet: hybrid logical clocks ({@link io.kvcluster.node.version.HlcClock}), dots
 * that name writes, contexts that say which dots were seen, and the conflict policies that merge records. Pure values, but for
 * the clock, which has one owner. Sources: Kulkarni et al., Logical Physical Clocks (2014); Preguiça et al., Dotted Version
 * Vectors (2010); the design's chapter on replication, section Versions.
 */
@NullMarked
package io.kvcluster.node.version;

import org.jspecify.annotations.NullMarked;
