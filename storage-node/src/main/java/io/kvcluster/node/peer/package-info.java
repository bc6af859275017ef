/**
 * Node to node. Two ordered links per pair of stores (foreground and bulk lane) carry batches of messages: whatever
 * waits for a peer leaves in one frame when its link is ready. Whichever side connected first serves both directions.
 * Requests carry the number of the loop that asked, so that answers are heard by their asker without shared tables.
 */
@NullMarked
package io.kvcluster.node.peer;

import org.jspecify.annotations.NullMarked;
