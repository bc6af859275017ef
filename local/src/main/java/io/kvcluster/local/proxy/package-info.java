/** TCP forwarding from a port of this machine to the ready pods behind a Service. */
@NullMarked
package io.kvcluster.local.proxy;

import org.jspecify.annotations.NullMarked;
