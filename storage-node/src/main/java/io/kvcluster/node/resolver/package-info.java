/**
 * Calls users' conflict resolvers so that a bad one harms nobody: on a bounded worker, never on a core loop, for a bounded time.
 * Whatever goes wrong, the answer is that there is none, and the values stay side by side.
 */
@NullMarked
package io.kvcluster.node.resolver;

import org.jspecify.annotations.NullMarked;
