/** What a request does to an object: create, update, patch, delete, status and scale, each checked as the real API server checks it. */
@NullMarked
package io.kvcluster.local.api.resource;

import org.jspecify.annotations.NullMarked;
