/** Validation rules (x-kubernetes-validations) evaluated with CEL, with the functions Kubernetes adds to it. */
@NullMarked
package io.kvcluster.local.api.cel;

import org.jspecify.annotations.NullMarked;
