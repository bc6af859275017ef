/**
 * The Kubernetes objects of a cluster: one final class per kind, each a pure {@code desired(…)}, with {@link
 * io.kvcluster.operator.resources.Names} and {@link io.kvcluster.operator.resources.Labels}. Nothing here talks to an API server.
 */
@NullMarked
package io.kvcluster.operator.resources;

import org.jspecify.annotations.NullMarked;
