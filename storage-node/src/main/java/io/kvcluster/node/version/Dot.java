package io.kvcluster.node.version;

/**
 * Names one write on a key, for ever. The order (stamp, then actor) is the one by which the last writer wins.
 *
 * @param hlc the stamp, greater than 0
 */
public record Dot(long hlc, Actor actor) implements Comparable<Dot> {
    public Dot {
        if (hlc <= 0) {
            throw new IllegalArgumentException("HLC of a dot is " + hlc + ", but must be greater than 0");
        }
    }

    @Override
    public int compareTo(Dot other) {
        int byStamp = Long.compare(hlc, other.hlc);
        return byStamp != 0 ? byStamp : actor.compareTo(other.actor);
    }

    @Override
    public String toString() {
        return Hlc.text(hlc) + "@" + actor;
    }
}
