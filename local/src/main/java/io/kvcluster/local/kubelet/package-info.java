/**
 * Runs pods as processes of this machine: each on a loopback address of its own, with folders for its volumes, probes,
 * restarts with back-off, and a log. Goes on with the pods it knows while the API server is away. Ends every process it
 * started, also those of an earlier run that was killed, and no other.
 */
@NullMarked
package io.kvcluster.local.kubelet;

import org.jspecify.annotations.NullMarked;
