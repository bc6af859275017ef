package io.kvcluster.local.controllers;

import io.kvcluster.local.api.resource.Resources;

/** One controller: looks at everything of its kind and writes what is missing. Remembers nothing between passes. */
interface Pass {
    void run(Resources resources);
}
