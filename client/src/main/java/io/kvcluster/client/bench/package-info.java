/**
 * Load, and what it shows. Closed: a fixed number of operations is always in flight. Open: a fixed rate, with latencies
 * from when each operation was due. Latencies are of whole operations as a caller sees them, retries included.
 */
@NullMarked
package io.kvcluster.client.bench;

import org.jspecify.annotations.NullMarked;
