/**
 * Closed-loop load: a fixed number of operations is always in flight, each loop starts its next when the last has its
 * outcome. Latencies are of whole operations as a caller sees them, retries included.
 */
@NullMarked
package io.kvcluster.client.bench;

import org.jspecify.annotations.NullMarked;
