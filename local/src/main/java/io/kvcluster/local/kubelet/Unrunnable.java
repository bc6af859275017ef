package io.kvcluster.local.kubelet;

/** Why a container cannot be started now: a reason for {@code status.containerStatuses[].state.waiting} and a sentence. */
final class Unrunnable extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Unrunnable(String reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
