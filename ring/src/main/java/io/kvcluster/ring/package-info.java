/** To be described by the module that grows here. */
@NullMarked
package io.kvcluster.ring;

import org.jspecify.annotations.NullMarked;
