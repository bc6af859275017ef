package io.kvcluster.client;

/**
 * How an answer came about.
 *
 * @param node name of the node that coordinated
 * @param level the level used, also when the request named none
 * @param replicas how many had answered or acknowledged
 */
public record ServedBy(String node, Level level, int replicas) {}
