/** The chart's dashboards and alerts: that they name metrics that exist, and that a real Prometheus answers their queries. */
@NullMarked
package io.kvcluster.e2e.dashboards;

import org.jspecify.annotations.NullMarked;
