package io.kvcluster.ring.placement;

/**
 * A whole number of replicas divided in proportion to weights, within a floor and a cap for each taker: each gets
 * {@code total * weight / sum of weights}, but what is beneath its floor or above its cap is settled there, and the others share
 * the rest by their weights (water filling). What each gets is a fraction; {@code down} and {@code up} are its neighbours.
 */
final class Shares {
    private final int[] down;
    private final int[] up;
    /** Of the fractions, all over the same denominator. */
    private final long[] remainders;
    /** How many takers get {@code up} so that the sum is right. */
    private final int ups;

    private Shares(int[] down, int[] up, long[] remainders, int ups) {
        this.down = down;
        this.up = up;
        this.remainders = remainders;
        this.ups = ups;
    }

    /** @throws IllegalArgumentException unless sum of floors <= total <= sum of caps */
    static Shares divide(int total, int[] weights, int[] floors, int[] caps) {
        if (sum(floors) > total || sum(caps) < total) {
            throw new IllegalArgumentException(
                    "floors " + sum(floors) + " and caps " + sum(caps) + " leave no way to divide " + total);
        }
        int takers = weights.length;
        int[] settledAt = new int[takers];
        boolean[] settled = new boolean[takers];
        long rest = total;
        boolean again = true;
        while (again) {
            again = false;
            long weight = weightOfUnsettled(weights, settled);
            long excess = excess(rest, weight, weights, floors, caps, settled);
            long restAfter = rest;
            for (int i = 0; i < takers; i++) {
                boolean low = !settled[i] && rest * weights[i] < floors[i] * weight;
                boolean high = !settled[i] && rest * weights[i] > caps[i] * weight;
                if ((low && excess >= 0) || (high && excess <= 0)) {
                    settled[i] = true;
                    settledAt[i] = low ? floors[i] : caps[i];
                    restAfter -= settledAt[i];
                    again = true;
                }
            }
            rest = restAfter;
        }
        return fractions(rest, weights, settled, settledAt);
    }

    /** How much the bounds add to what the division without them gives, times weight to stay in whole numbers. */
    private static long excess(long rest, long weight, int[] weights, int[] floors, int[] caps, boolean[] settled) {
        long excess = 0;
        for (int i = 0; i < weights.length; i++) {
            if (!settled[i]) {
                long plain = rest * weights[i];
                excess += Math.clamp(plain, floors[i] * weight, caps[i] * weight) - plain;
            }
        }
        return excess;
    }

    private static Shares fractions(long rest, int[] weights, boolean[] settled, int[] settledAt) {
        long weight = weightOfUnsettled(weights, settled);
        int[] down = settledAt.clone();
        int[] up = settledAt.clone();
        long[] remainders = new long[down.length];
        long left = rest;
        for (int i = 0; i < down.length; i++) {
            if (!settled[i]) {
                down[i] = (int) (rest * weights[i] / weight);
                remainders[i] = rest * weights[i] % weight;
                up[i] = remainders[i] == 0 ? down[i] : down[i] + 1;
                left -= down[i];
            }
        }
        return new Shares(down, up, remainders, Math.toIntExact(left));
    }

    private static long weightOfUnsettled(int[] weights, boolean[] settled) {
        long weight = 0;
        for (int i = 0; i < weights.length; i++) {
            weight += settled[i] ? 0 : weights[i];
        }
        return weight;
    }

    private static long sum(int[] values) {
        long sum = 0;
        for (int value : values) {
            sum += value;
        }
        return sum;
    }

    /** The fair share of a taker, rounded down. */
    int down(int taker) {
        return down[taker];
    }

    /** The fair share of a taker, rounded up. */
    int up(int taker) {
        return up[taker];
    }

    /**
     * Whole shares that sum up to the total. Who holds more than its share rounded down is rounded up first; then the largest
     * remainders, then the earlier ones.
     *
     * @param held what each taker has now
     */
    int[] rounded(int[] held) {
        int[] shares = down.clone();
        for (int i = 0; i < ups; i++) {
            int best = -1;
            for (int taker = 0; taker < shares.length; taker++) {
                if (shares[taker] < up[taker] && (best < 0 || before(taker, best, held))) {
                    best = taker;
                }
            }
            shares[best]++;
        }
        return shares;
    }

    private boolean before(int taker, int other, int[] held) {
        boolean holds = held[taker] > down[taker];
        boolean otherHolds = held[other] > down[other];
        return holds == otherHolds ? remainders[taker] > remainders[other] : holds;
    }
}
