/**
 * What the operator shows over HTTP: health, metrics, the clusters as it sees them, and a page for people. {@link
 * io.kvcluster.operator.console.ClusterViews} reads what the last passes left and what is heard of nodes now; it answers only while
 * this replica leads, and says of when each answer is. {@code openapi.json} beside it describes every answer.
 */
@NullMarked
package io.kvcluster.operator.console;

import org.jspecify.annotations.NullMarked;
