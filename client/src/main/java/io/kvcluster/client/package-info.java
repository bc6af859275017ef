/** To be described by the module that grows here. */
@NullMarked
package io.kvcluster.client;

import org.jspecify.annotations.NullMarked;
