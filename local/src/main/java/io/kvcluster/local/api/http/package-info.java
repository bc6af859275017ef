/** The HTTP face: paths, discovery, OpenAPI, watches, logs. The only room that knows the HTTP server. */
@NullMarked
package io.kvcluster.local.api.http;

import org.jspecify.annotations.NullMarked;
