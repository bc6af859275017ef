/** Server-side apply: which manager owns which field, conflicts, merging, and the removal of fields nobody owns any more. */
@NullMarked
package io.kvcluster.local.api.apply;

import org.jspecify.annotations.NullMarked;
