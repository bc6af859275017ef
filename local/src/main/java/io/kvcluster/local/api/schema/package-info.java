/** Structural schemas of custom and built-in kinds: defaulting, pruning and validation with the sentences of the real API server. */
@NullMarked
package io.kvcluster.local.api.schema;

import org.jspecify.annotations.NullMarked;
