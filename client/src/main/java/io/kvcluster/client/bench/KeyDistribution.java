package io.kvcluster.client.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;

/** Which of the keys 0..n-1 is used how often. */
public enum KeyDistribution {
    UNIFORM {
        @Override
        Chooser over(int keys) {
            return random -> random.nextInt(keys);
        }
    },
    /** Exponent 0.99 as in YCSB: key 0 is the hottest. */
    ZIPFIAN {
        @Override
        Chooser over(int keys) {
            double[] cumulative = new double[keys];
            double sum = 0;
            for (int i = 0; i < keys; i++) {
                sum += 1 / Math.pow(i + 1.0, 0.99);
                cumulative[i] = sum;
            }
            double total = sum;
            return random -> {
                int found = Arrays.binarySearch(cumulative, random.nextDouble() * total);
                return Math.min(keys - 1, found >= 0 ? found : -found - 1);
            };
        }
    };

    /** Any thread, with a random generator of its own. */
    @FunctionalInterface
    interface Chooser {
        int next(RandomGenerator random);
    }

    abstract Chooser over(int keys);

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
