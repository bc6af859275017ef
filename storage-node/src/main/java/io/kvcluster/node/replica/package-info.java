/**
 * One partition's state on this node. A replica merges what arrives into what it holds, appends the result, and shows
 * nothing that is not durable: every question that meets a version on its way to the disk waits for that version.
 *
 * <p>A partition is touched by its core loop alone, so nothing here is synchronized. All rules of who may be asked under
 * which ring are in {@link EpochGate}; all rules of how records merge are in room version.
 */
@NullMarked
package io.kvcluster.node.replica;

import org.jspecify.annotations.NullMarked;
