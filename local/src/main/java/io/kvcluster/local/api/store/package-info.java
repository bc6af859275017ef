/** All objects, owned by one thread: a journal on disk, revisions, and the history that watches read. */
@NullMarked
package io.kvcluster.local.api.store;

import org.jspecify.annotations.NullMarked;
