package io.kvcluster.ring.change;

/**
 * How much moves at once.
 *
 * @param in moves by which one member gets a partition
 * @param out moves by which one member gives a partition away
 */
public record Pace(int in, int out) {
    public static final int MAX = 64;

    public Pace {
        if (in < 1 || in > MAX || out < 1 || out > MAX) {
            throw new IllegalArgumentException("moves in " + in + ", out " + out + ": must be 1.." + MAX);
        }
    }

    public static Pace defaults() {
        return new Pace(4, 4);
    }
}
