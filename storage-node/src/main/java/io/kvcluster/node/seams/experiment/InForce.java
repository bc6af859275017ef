package io.kvcluster.node.seams.experiment;

/** The faults of the moment, and since when. */
record InForce(Faults faults, long sinceNanos) {}
