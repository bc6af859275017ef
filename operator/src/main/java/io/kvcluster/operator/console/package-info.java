/** What the operator shows over HTTP: its health, its metrics, and the nodes and mapping of the clusters as it sees them. */
@NullMarked
package io.kvcluster.operator.console;

import org.jspecify.annotations.NullMarked;
