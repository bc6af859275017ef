/**
 * The world as one immutable {@link io.kvcluster.operator.observation.Observation}: what the API server has, read from informer
 * caches or from the server itself, and what the nodes say. Plans and status are functions of it; what could not be observed is
 * absent in it, and absence is never permission.
 */
@NullMarked
package io.kvcluster.operator.observation;

import org.jspecify.annotations.NullMarked;
