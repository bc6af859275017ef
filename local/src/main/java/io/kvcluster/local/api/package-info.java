/**
 * An embedded Kubernetes API server for one machine: what kubectl and the Java Operator SDK need of one, for the kinds
 * that kvcluster uses. {@link io.kvcluster.local.api.http.ApiServer} is the way in from outside, {@link
 * io.kvcluster.local.api.resource.Resources} the way in from the same process.
 */
@NullMarked
package io.kvcluster.local.api;

import org.jspecify.annotations.NullMarked;
