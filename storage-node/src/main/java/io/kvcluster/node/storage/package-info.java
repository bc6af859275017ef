/**
 * What the node knows durably: an append-only log that is the truth, an index (MapDB) that can be thrown away and rebuilt, and
 * the recovery that joins them again after a crash. Records and their index metadata are opaque bytes here; room version knows
 * what they mean. One log thread writes groups and fsyncs once per group; an index is owned by one core loop. A <em>hint file</em>
 * is the summary of a sealed segment (key, metadata, location) from which an index is rebuilt; a <em>hint record</em> is a write
 * kept for another store. Compaction appends what is live of a segment to the log again and then removes the segment.
 */
@NullMarked
package io.kvcluster.node.storage;

import org.jspecify.annotations.NullMarked;
