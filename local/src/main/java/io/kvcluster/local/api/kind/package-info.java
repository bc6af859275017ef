/** The kinds that this API server knows: the built-in ones and those that custom resource definitions add. */
@NullMarked
package io.kvcluster.local.api.kind;

import org.jspecify.annotations.NullMarked;
