/**
 * Where the node meets the world: time, chance, threads, files, network. Production code gets the real thing, the
 * simulation one virtual-time queue; the rooms cannot tell. Interfaces only, and their production forms.
 */
@NullMarked
package io.kvcluster.node.seams;

import org.jspecify.annotations.NullMarked;
