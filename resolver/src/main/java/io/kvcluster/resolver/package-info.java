/**
 * What a user implements to merge concurrent values by a rule of the application: {@link io.kvcluster.resolver.ConflictResolver},
 * and {@link io.kvcluster.resolver.ResolverLaws}, the kit that checks an implementation in the user's own tests. Depends on the JDK
 * alone, so that a resolver's jar brings nothing along.
 */
@NullMarked
package io.kvcluster.resolver;

import org.jspecify.annotations.NullMarked;
