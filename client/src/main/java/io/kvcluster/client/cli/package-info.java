/**
 * The command line {@code kv}: one class for each command. Results go to standard output, as a table for people or as
 * JSON or YAML for programs; everything else goes to standard error. Exit codes: 0 done, 1 failed, 2 usage, 3 unknown
 * outcome.
 */
@NullMarked
package io.kvcluster.client.cli;

import org.jspecify.annotations.NullMarked;
