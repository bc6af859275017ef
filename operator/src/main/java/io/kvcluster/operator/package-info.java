/** To be described by the module that grows here. */
@NullMarked
package io.kvcluster.operator;

import org.jspecify.annotations.NullMarked;
