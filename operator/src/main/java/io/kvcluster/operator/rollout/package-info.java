/**
 * Which pod may restart next, and why not: {@link io.kvcluster.operator.rollout.Rollout}. A pod that does not serve is never a reason
 * to hold back the template that would make it serve; all others go one at a time, when every partition they hold keeps its quorums
 * and the pod before has caught up.
 */
@NullMarked
package io.kvcluster.operator.rollout;

import org.jspecify.annotations.NullMarked;
