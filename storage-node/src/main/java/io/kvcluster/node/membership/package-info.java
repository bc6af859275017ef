/**
 * Who is in the cluster: the ring in use with the rules under which a newer one is accepted (always durable before it is
 * used), the addresses where members are reached now, and how each member looks from here. Rings come from the operator,
 * from peers that are newer, from the mounted file and, at start, from disk; all go through one owner, {@link
 * io.kvcluster.node.membership.RingKeeper}.
 */
@NullMarked
package io.kvcluster.node.membership;

import org.jspecify.annotations.NullMarked;
