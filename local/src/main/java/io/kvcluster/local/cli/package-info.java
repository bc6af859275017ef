/** The commands {@code kv local up|down|status|kill|logs}. */
@NullMarked
package io.kvcluster.local.cli;

import org.jspecify.annotations.NullMarked;
