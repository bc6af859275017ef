/**
 * Scenarios against a running product: what a user does, what breaks, and what must still hold. The scenarios are the same
 * on every {@link io.kvcluster.e2e.testbed.Target}; what differs between targets is there and nowhere else.
 */
@NullMarked
package io.kvcluster.e2e;

import org.jspecify.annotations.NullMarked;
