package io.kvcluster.node;

import java.util.Objects;

/** The version of this build, from the jar. */
final class NodeVersion {
    private NodeVersion() {}

    static String text() {
        return Objects.requireNonNullElse(NodeVersion.class.getPackage().getImplementationVersion(), "development");
    }
}
