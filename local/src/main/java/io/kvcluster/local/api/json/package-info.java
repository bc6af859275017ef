/** JSON trees as the API server handles them. Trees handed to or taken from the store are never changed; a writer copies first. */
@NullMarked
package io.kvcluster.local.api.json;

import org.jspecify.annotations.NullMarked;
