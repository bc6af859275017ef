/** One file for each scenario; names of classes and methods are sentences. */
@NullMarked
package io.kvcluster.e2e.scenario;

import org.jspecify.annotations.NullMarked;
