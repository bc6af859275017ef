/**
 * The vocabulary of the node: keys, values, the commands that clients give and the outcomes they get. Pure values;
 * depends on the JDK alone. Wire forms are the business of room rpc, replication that of room coordinator.
 */
@NullMarked
package io.kvcluster.node.command;

import org.jspecify.annotations.NullMarked;
