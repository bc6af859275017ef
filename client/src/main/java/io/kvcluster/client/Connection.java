package io.kvcluster.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * A channel as its connector made it.
 *
 * @param turns the thread that serves it, on which sessions run; null: it carries unary calls only
 */
record Connection(ManagedChannel channel, @Nullable EventLoop turns) {}
