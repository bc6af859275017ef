/**
 * The wire form of commands and outcomes, both ways: what clients send to room rpc and what one node forwards to another is the
 * same messages, so it is decoded, checked and encoded once, here. Pure functions over {@code command} and the generated
 * messages; no I/O, no threads. A request that breaks a rule ends as {@link io.kvcluster.node.wire.RefusedException}, which
 * names field, value and rule; its catcher stands at the edge that answers.
 */
@NullMarked
package io.kvcluster.node.wire;

import org.jspecify.annotations.NullMarked;
