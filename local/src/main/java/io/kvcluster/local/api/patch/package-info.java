/** JSON merge patch and strategic merge patch on JSON trees. */
@NullMarked
package io.kvcluster.local.api.patch;

import org.jspecify.annotations.NullMarked;
