/** To be described by the module that grows here. */
@NullMarked
package io.kvcluster.e2e;

import org.jspecify.annotations.NullMarked;
