/** To be described by the module that grows here. */
@NullMarked
package io.kvcluster.local;

import org.jspecify.annotations.NullMarked;
