/**
 * Metrics, spans and logging. Rooms count through small handles whose series are resolved once, so that an operation costs an addition
 * and no look-up; everything else is read from published snapshots when somebody scrapes. No room is imported but the
 * vocabulary: root wires the handles to the events of the rooms. docs/metrics.md lists every name, and a test holds it to that.
 */
@NullMarked
package io.kvcluster.node.telemetry;

import org.jspecify.annotations.NullMarked;
