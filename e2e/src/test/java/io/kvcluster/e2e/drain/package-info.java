/** What clients see of a node that stops in order, in one process: the shipped client against the shipped client port. */
@NullMarked
package io.kvcluster.e2e.drain;

import org.jspecify.annotations.NullMarked;
