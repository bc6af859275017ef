package io.kvcluster.local.api.cel;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/** A Kubernetes quantity such as {@code 10Gi} or {@code 250m}, compared by amount. */
record QuantityValue(BigDecimal amount) implements Comparable<QuantityValue> {
    private static final Pattern FORM =
            Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\\d+)?");

    QuantityValue {
        amount = amount.stripTrailingZeros();
    }

    static boolean isQuantity(String text) {
        return FORM.matcher(text).matches();
    }

    /** @throws IllegalArgumentException when the text is no quantity */
    static QuantityValue parse(String text) {
        if (!isQuantity(text)) {
            throw new IllegalArgumentException("quantities must match the regular expression '" + FORM + "': " + text);
        }
        return new QuantityValue(Quantity.getAmountInBytes(Quantity.parse(text)));
    }

    QuantityValue plus(QuantityValue other) {
        return new QuantityValue(amount.add(other.amount));
    }

    QuantityValue minus(QuantityValue other) {
        return new QuantityValue(amount.subtract(other.amount));
    }

    boolean isInteger() {
        return amount.scale() <= 0 && amount.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
    }

    @Override
    public int compareTo(QuantityValue other) {
        return amount.compareTo(other.amount);
    }
}
