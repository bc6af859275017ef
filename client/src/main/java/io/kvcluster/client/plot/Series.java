package io.kvcluster.client.plot;

import java.util.List;

/** A named line: x[i], y[i] in order of x. */
public record Series(String name, List<Double> x, List<Double> y) {
    public Series {
        x = List.copyOf(x);
        y = List.copyOf(y);
        if (x.size() != y.size()) {
            throw new IllegalArgumentException(
                    "series " + name + " has " + x.size() + " x values and " + y.size() + " y values");
        }
        if (x.stream().anyMatch(v -> !Double.isFinite(v)) || y.stream().anyMatch(v -> !Double.isFinite(v))) {
            throw new IllegalArgumentException("series " + name + " has a value that is no finite number");
        }
    }
}
