package io.kvcluster.local.api.error;

/** One thing wrong with one field, in the words of the Kubernetes API server: {@code spec.size: Required value}. */
public record FieldError(Kind kind, String field, String message) {
    /** The kinds of the API server; the cause is the machine-readable word in the Status. */
    public enum Kind {
        REQUIRED("FieldValueRequired", true),
        INVALID("FieldValueInvalid", false),
        TYPE("FieldValueTypeInvalid", true),
        UNSUPPORTED("FieldValueNotSupported", true),
        DUPLICATE("FieldValueDuplicate", false),
        FORBIDDEN("FieldValueForbidden", false),
        TOO_LONG("FieldValueTooLong", true),
        TOO_MANY("FieldValueTooMany", true);

        private final String cause;
        private final boolean blocksRules;

        Kind(String cause, boolean blocksRules) {
            this.cause = cause;
            this.blocksRules = blocksRules;
        }

        public String cause() {
            return cause;
        }

        /** Whether CEL rules are left out while an error of this kind stands: they could not trust types and sizes. */
        public boolean blocksRules() {
            return blocksRules;
        }
    }

    public static FieldError required(String field) {
        return new FieldError(Kind.REQUIRED, field, "Required value");
    }

    public static FieldError required(String field, String why) {
        return new FieldError(Kind.REQUIRED, field, "Required value: " + why);
    }

    public static FieldError invalid(String field, String value, String why) {
        return new FieldError(Kind.INVALID, field, "Invalid value: " + value + ": " + why);
    }

    public static FieldError type(String field, String actual, String expected) {
        String quoted = "\"" + actual + "\"";
        return new FieldError(
                Kind.TYPE,
                field,
                "Invalid value: " + quoted + ": " + field + " in body must be of type " + expected + ": " + quoted);
    }

    public static FieldError duplicate(String field, String value) {
        return new FieldError(Kind.DUPLICATE, field, "Duplicate value: " + value);
    }

    public static FieldError forbidden(String field, String why) {
        return new FieldError(Kind.FORBIDDEN, field, "Forbidden: " + why);
    }

    public static FieldError tooLong(String field, long bytes) {
        return new FieldError(Kind.TOO_LONG, field, "Too long: may not be more than " + bytes + " bytes");
    }

    public static FieldError tooMany(String field, long actual, long most) {
        return new FieldError(Kind.TOO_MANY, field, "Too many: " + actual + ": must have at most " + most + " items");
    }

    public static FieldError unsupported(String field, String value, String supported) {
        return new FieldError(
                Kind.UNSUPPORTED, field, "Unsupported value: " + value + ": supported values: " + supported);
    }

    @Override
    public String toString() {
        return field + ": " + message;
    }
}
