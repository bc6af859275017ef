/**
 * What the operator answers: {@link io.kvcluster.operator.status.StatusCalculator} makes the status of one observation and the waits
 * of its plan, pure, and is the only writer of conditions and blockedBy. A time in it is when something changed, so a settled cluster
 * has the same status in each pass.
 */
@NullMarked
package io.kvcluster.operator.status;

import org.jspecify.annotations.NullMarked;
