package io.kvcluster.ring.placement;

/** Divides a whole number of replicas in proportion to weights, within a floor and a cap for each taker. */
final class Shares {
    private Shares() {}

    /**
     * The fair division: each gets {@code total * weight / sum of weights}, but what is beneath its floor or above its cap is
     * settled there and the others share the rest by their weights (water filling). Fractions go to the largest remainders, the
     * earlier one first, so each result is the fair share rounded down or up.
     *
     * @throws IllegalArgumentException unless sum of floors <= total <= sum of caps
     */
    static int[] divide(int total, int[] weights, int[] floors, int[] caps) {
        int takers = weights.length;
        int[] shares = new int[takers];
        boolean[] settled = new boolean[takers];
        long rest = total;
        while (true) {
            long weight = 0;
            for (int i = 0; i < takers; i++) {
                weight += settled[i] ? 0 : weights[i];
            }
            // How much the bounds add to what the unbounded division gives, times weight to stay in whole numbers.
            long excess = 0;
            for (int i = 0; i < takers; i++) {
                if (!settled[i]) {
                    excess += Math.clamp(rest * weights[i], floors[i] * weight, caps[i] * weight) - rest * weights[i];
                }
            }
            boolean again = false;
            long restAfter = rest;
            for (int i = 0; i < takers; i++) {
                boolean low = !settled[i] && rest * weights[i] < floors[i] * weight;
                boolean high = !settled[i] && rest * weights[i] > caps[i] * weight;
                if ((low && excess >= 0) || (high && excess <= 0)) {
                    settled[i] = true;
                    shares[i] = low ? floors[i] : caps[i];
                    restAfter -= shares[i];
                    again = true;
                }
            }
            rest = restAfter;
            if (!again) {
                roundByLargestRemainder(rest, weight, weights, settled, shares);
                return checked(total, shares, floors, caps);
            }
        }
    }

    private static void roundByLargestRemainder(
            long rest, long weight, int[] weights, boolean[] settled, int[] shares) {
        long left = rest;
        for (int i = 0; i < shares.length; i++) {
            if (!settled[i]) {
                shares[i] = (int) (rest * weights[i] / weight);
                left -= shares[i];
            }
        }
        boolean[] rounded = settled.clone();
        for (; left > 0; left--) {
            int best = -1;
            for (int i = 0; i < shares.length; i++) {
                if (!rounded[i] && (best < 0 || rest * weights[i] % weight > rest * weights[best] % weight)) {
                    best = i;
                }
            }
            if (best < 0) {
                return;
            }
            rounded[best] = true;
            shares[best]++;
        }
    }

    private static int[] checked(int total, int[] shares, int[] floors, int[] caps) {
        long sum = 0;
        for (int i = 0; i < shares.length; i++) {
            sum += shares[i];
            if (shares[i] < floors[i] || shares[i] > caps[i]) {
                throw new IllegalArgumentException("share " + shares[i] + " is outside " + floors[i] + ".." + caps[i]);
            }
        }
        if (sum != total) {
            throw new IllegalArgumentException(
                    "floors and caps leave no way to divide " + total + ", the nearest is " + sum);
        }
        return shares;
    }
}
