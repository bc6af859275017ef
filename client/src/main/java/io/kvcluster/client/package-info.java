/**
 * The ring-aware client. {@link io.kvcluster.client.KvClient} knows which nodes hold a key and asks one of them, learns of
 * newer rings from the answers, repeats only what is safe to repeat, and ends each operation in a sealed outcome: done,
 * certainly not done, or unknown.
 */
@NullMarked
package io.kvcluster.client;

import org.jspecify.annotations.NullMarked;
