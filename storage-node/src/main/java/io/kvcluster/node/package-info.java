/** To be described by the module that grows here. */
@NullMarked
package io.kvcluster.node;

import org.jspecify.annotations.NullMarked;
