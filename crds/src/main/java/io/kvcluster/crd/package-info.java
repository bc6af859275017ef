/** To be described by the module that grows here. */
@NullMarked
package io.kvcluster.crd;

import org.jspecify.annotations.NullMarked;
