/**
 * The storage pod. This root package is the only place that wires the rooms together, in start order; each
 * sub-package is one room with one job (ARCHITECTURE.md lists them and who may import whom).
 */
@NullMarked
package io.kvcluster.node;

import org.jspecify.annotations.NullMarked;
