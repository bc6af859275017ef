package io.kvcluster.operator.console;

import java.util.Optional;

/** Whether what this replica of the operator knows is of now. */
public sealed interface Standing {
    /** Its caches are not filled yet. */
    record Starting() implements Standing {}

    /**
     * Another replica works; this one looks at nothing.
     *
     * @param leader the pod that leads; empty while nobody is known to
     */
    record Standby(Optional<String> leader) implements Standing {}

    /** @param watching false while a watch on the API server is broken: what it knows may be old */
    record Leading(boolean watching) implements Standing {}
}
