/**
 * The controllers of a cluster on one machine: StatefulSets, volume claims, scheduling, endpoints, disruption budgets,
 * namespaces and garbage collection. Each is a pass that compares what there is with what there should be and writes the
 * difference; all run on one thread whenever something changed.
 */
@NullMarked
package io.kvcluster.local.controllers;

import org.jspecify.annotations.NullMarked;
