/** Where scenarios run, and the faults that can be made there. A target declares its abilities; a scenario names those it needs as tags, so that a target that lacks one does not select it. */
@NullMarked
package io.kvcluster.e2e.testbed;

import org.jspecify.annotations.NullMarked;
