/** The refusals of the API server: one exception that carries a Kubernetes Status, and the field errors inside it. */
@NullMarked
package io.kvcluster.local.api.error;

import org.jspecify.annotations.NullMarked;
