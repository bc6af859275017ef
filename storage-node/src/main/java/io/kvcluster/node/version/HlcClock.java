package io.kvcluster.node.version;

import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * A hybrid logical clock: each stamp is greater than every stamp it gave or saw before, and near the wall clock when that is
 * ahead. It gives no stamp above its <em>ceiling</em>, which the owner raises after it made the reservation durable; so a restarted
 * store, which begins above everything it ever reserved, never gives a stamp twice. Has one owner; not thread-safe.
 */
public final class HlcClock {
    /**
     * How far ahead of now a reservation reaches. A store that starts again begins above its last reservation; so this, with
     * the offset of its wall clock, must stay below what peers accept ({@link io.kvcluster.node.command.Limits#MAX_CLOCK_OFFSET_MILLIS}),
     * or they would refuse it until their clocks caught up.
     */
    public static final long RESERVE_MILLIS = 500;

    /** A new reservation is wanted when less than this is left of the last. */
    public static final long RENEW_MILLIS = RESERVE_MILLIS / 2;

    private final LongSupplier wallMillis;
    private long last;
    private long ceiling;
    private long asked;

    /**
     * @param wallMillis milliseconds since 1970; may jump, stand or go back
     * @param floor no stamp at or below it is given; also the first ceiling, so that a reservation comes before the first stamp
     */
    public HlcClock(LongSupplier wallMillis, long floor) {
        requireStamp(floor);
        this.wallMillis = wallMillis;
        this.last = floor;
        this.ceiling = floor;
        this.asked = floor;
    }

    /** A stamp for a write; empty when the ceiling is reached and {@link #reserved} must come first. */
    public OptionalLong next() {
        long next = Math.max(last + 1, wall());
        if (next > ceiling) {
            // A late reservation makes stamps lag behind the wall clock, which harms nobody, before it stops them.
            next = last + 1;
        }
        if (next > ceiling) {
            return OptionalLong.empty();
        }
        last = next;
        return OptionalLong.of(next);
    }

    /** What came of a stamp from outside. */
    public sealed interface Observation {}

    /** The clock is at or past the stamp now. */
    public record Observed() implements Observation {}

    /** The clock did not move. @param aheadMillis how far the stamp is ahead of both the wall clock and the last stamp */
    public record TooFarAhead(long aheadMillis) implements Observation {}

    /**
     * Moves past a stamp of another node, unless it is more than {@code maxOffsetMillis} ahead of both the wall clock and this
     * clock: then one of the two wall clocks is wrong, and taking it over would spread the error.
     */
    public Observation tryObserve(long remote, long maxOffsetMillis) {
        // Unsigned: a negative stamp is nonsense and counts as one of the far future.
        long ahead = Hlc.millis(remote) - Math.max(Hlc.millis(wall()), Hlc.millis(last));
        if (ahead > maxOffsetMillis) {
            return new TooFarAhead(ahead);
        }
        last = Math.max(last, remote);
        return new Observed();
    }

    /** Moves past a stamp that is known to be sound: of the own log, or already observed by another loop. */
    public void observe(long stamp) {
        requireStamp(stamp);
        last = Math.max(last, stamp);
    }

    /** The time for decisions and for the head of a message: no stamp given or seen is greater, and none is used up. */
    public long now() {
        return Math.max(last, wall());
    }

    /** The greatest stamp given or seen. */
    public long last() {
        return last;
    }

    /**
     * What the owner should now make durable and then tell to {@link #reserved}; empty when enough is reserved or asked for.
     * Ask after each stamp and each observation.
     */
    public OptionalLong reservationWanted() {
        long now = now();
        if (Math.max(ceiling, asked) - now >= RENEW_MILLIS << Hlc.COUNTER_BITS) {
            return OptionalLong.empty();
        }
        asked = now + (RESERVE_MILLIS << Hlc.COUNTER_BITS);
        return OptionalLong.of(asked);
    }

    /** The reservation is durable: stamps up to and including it may be given. A smaller one than before changes nothing. */
    public void reserved(long upTo) {
        requireStamp(upTo);
        ceiling = Math.max(ceiling, upTo);
    }

    private long wall() {
        return Math.clamp(wallMillis.getAsLong(), 0, Hlc.MAX_MILLIS) << Hlc.COUNTER_BITS;
    }

    private static void requireStamp(long stamp) {
        if (stamp < 0) {
            throw new IllegalArgumentException("HLC " + stamp + ": a stamp is never negative");
        }
    }
}
