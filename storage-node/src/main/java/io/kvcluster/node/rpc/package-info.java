/**
 * Where clients come in: gRPC ({@link io.kvcluster.node.rpc.ClientServer}) and HTTP ({@link io.kvcluster.node.rpc.HttpServer}).
 * Each decodes and checks a request, hands the command on, and turns its one outcome into an answer; {@code Statuses} is the
 * only place that knows status codes, {@code Problem} the one form of every refusal. gRPC threads never wait; HTTP requests
 * wait on virtual threads. Nothing here knows replicas or disks: root wires the handler and the views.
 */
@NullMarked
package io.kvcluster.node.rpc;

import org.jspecify.annotations.NullMarked;
