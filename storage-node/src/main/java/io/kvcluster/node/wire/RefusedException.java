package io.kvcluster.node.wire;

/** Carries a {@link Refusal} out of nested decoding to the edge that answers the client. No stack trace: it is an answer, no bug. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    RefusedException(Refusal refusal) {
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
