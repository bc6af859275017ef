package io.kvcluster.node.version;

/** The rule that every stamp keeps. */
final class Stamps {
    private Stamps() {}

    /** The context of a record after a write. @throws IllegalArgumentException unless the stamp exceeds all that it covers */
    static Context after(KeyRecord current, Sibling added, Context seen) {
        Context before = current.context().merge(seen);
        if (added.dot().hlc() <= before.greatestHlc()) {
            throw new IllegalArgumentException(
                    "the stamp of " + added.dot() + " must exceed every stamp that its context " + before + " covers");
        }
        return before.with(added.dot());
    }
}
