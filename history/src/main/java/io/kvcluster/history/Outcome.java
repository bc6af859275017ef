package io.kvcluster.history;

import java.util.Objects;

/** How an operation ended, as its client knows it. */
public sealed interface Outcome {
    /** A read returned this value. */
    record Found(String value) implements Outcome {
        public Found {
            Objects.requireNonNull(value, "value");
        }
    }

    /** A read found no value. */
    record Absent() implements Outcome {}

    /** A write was acknowledged. */
    record Applied() implements Outcome {}

    /** A write certainly never took effect; or a read has no answer. */
    record NotApplied(String reason) implements Outcome {
        public NotApplied {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /** A write took effect at any time after its invocation, even later than its completion, or never. */
    record Unknown(String reason) implements Outcome {
        public Unknown {
            Objects.requireNonNull(reason, "reason");
        }
    }

    static Outcome found(String value) {
        return new Found(value);
    }

    static Outcome absent() {
        return new Absent();
    }

    static Outcome applied() {
        return new Applied();
    }

    static Outcome notApplied(String reason) {
        return new NotApplied(reason);
    }

    static Outcome unknown(String reason) {
        return new Unknown(reason);
    }
}
