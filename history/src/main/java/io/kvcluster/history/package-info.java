/** To be described by the module that grows here. */
@NullMarked
package io.kvcluster.history;

import org.jspecify.annotations.NullMarked;
