package io.kvcluster.node.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HlcClockTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final long OFFSET = 2_000;
    private long wall = NOW;

    @Test
    void stampsHave48BitsOfMillisecondsAnd16OfCounter() {
        long stamp = Hlc.of(NOW, 0xffff);

        assertThat(stamp).isEqualTo(NOW * 65_536 + 65_535);
        assertThat(Hlc.millis(stamp)).isEqualTo(NOW);
        assertThat(Hlc.counter(stamp)).isEqualTo(65_535);
        assertThat(Hlc.millis(stamp + 1)).isEqualTo(NOW + 1);
        assertThat(Hlc.counter(stamp + 1)).isZero();
        assertThat(Hlc.text(stamp)).isEqualTo("1800000000000+65535");
        assertThat(Hlc.of(Hlc.MAX_MILLIS, Hlc.MAX_COUNTER)).isEqualTo(Long.MAX_VALUE);
        assertThat(Hlc.of(0, 0)).isZero();
    }

    @Test
    void stampsOutsideTheRangesAreRefused() {
        assertThatThrownBy(() -> Hlc.of(-1, 0)).hasMessage("HLC milliseconds -1: 0..140737488355327 is allowed");
        assertThatThrownBy(() -> Hlc.of(Hlc.MAX_MILLIS + 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Hlc.of(0, -1)).hasMessage("HLC counter -1: 0..65535 is allowed");
        assertThatThrownBy(() -> Hlc.of(0, 65_536)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void givesNoStampBeforeTheFirstReservation() {
        HlcClock clock = new HlcClock(() -> wall, 0);

        assertThat(clock.next()).isEmpty();
        clock.reserved(clock.reservationWanted().orElseThrow());
        assertThat(clock.next()).hasValue(Hlc.of(NOW, 0));
        assertThat(clock.next()).hasValue(Hlc.of(NOW, 1));
    }

    @Test
    void followsTheWallClockAndStandsAboveItWhenThatGoesBack() {
        HlcClock clock = ready(0);

        assertThat(clock.next()).hasValue(Hlc.of(NOW, 0));
        wall = NOW + 5;
        assertThat(clock.next()).hasValue(Hlc.of(NOW + 5, 0));
        wall = NOW - 1_000_000;
        assertThat(clock.next()).hasValue(Hlc.of(NOW + 5, 1));
        wall = -7;
        assertThat(clock.next()).hasValue(Hlc.of(NOW + 5, 2));
        assertThat(clock.last()).isEqualTo(Hlc.of(NOW + 5, 2));
        assertThat(clock.now()).isEqualTo(Hlc.of(NOW + 5, 2));
        wall = NOW + 6;
        assertThat(clock.now()).isEqualTo(Hlc.of(NOW + 6, 0));
        assertThat(clock.last()).isEqualTo(Hlc.of(NOW + 5, 2));
    }

    @Test
    void aFullCounterRunsOnIntoTheMilliseconds() {
        HlcClock clock = ready(Hlc.of(NOW, Hlc.MAX_COUNTER));

        assertThat(clock.next()).hasValue(Hlc.of(NOW + 1, 0));
    }

    @Test
    void startsAboveItsFloorHoweverFarTheWallClockIsBehind() {
        HlcClock clock = new HlcClock(() -> wall, Hlc.of(NOW + 1_000_000, 3));
        assertThat(clock.next()).isEmpty();
        clock.reserved(clock.reservationWanted().orElseThrow());

        assertThat(clock.next()).hasValue(Hlc.of(NOW + 1_000_000, 4));
    }

    @Test
    void neverPassesItsCeiling() {
        HlcClock clock = new HlcClock(() -> wall, 0);
        clock.reserved(Hlc.of(NOW, 1));

        assertThat(clock.next()).hasValue(Hlc.of(NOW, 0));
        assertThat(clock.next()).hasValue(Hlc.of(NOW, 1));
        assertThat(clock.next()).isEmpty();
        wall = NOW + 1;
        assertThat(clock.next()).isEmpty();
        clock.reserved(Hlc.of(NOW - 1, 0));
        assertThat(clock.next()).isEmpty();
        clock.reserved(Hlc.of(NOW + 1, 0));
        assertThat(clock.next()).hasValue(Hlc.of(NOW + 1, 0));
    }

    @Test
    void aLateReservationMakesStampsLagBeforeItStopsThem() {
        HlcClock clock = new HlcClock(() -> wall, 0);
        clock.reserved(Hlc.of(NOW + 10, 0));
        assertThat(clock.next()).hasValue(Hlc.of(NOW, 0));
        wall = NOW + 11;

        assertThat(clock.next()).hasValue(Hlc.of(NOW, 1));
    }

    @Test
    void anObservedStampAboveTheCeilingStopsStampsUntilTheNextReservation() {
        HlcClock clock = ready(0);
        long far = Hlc.of(NOW + HlcClock.RESERVE_MILLIS + 1, 0);
        clock.observe(far);

        assertThat(clock.next()).isEmpty();
        clock.reserved(clock.reservationWanted().orElseThrow());
        assertThat(clock.next()).hasValue(far + 1);
    }

    @Test
    void wantsAReservationInTimeAndAsksOnce() {
        HlcClock clock = new HlcClock(() -> wall, 0);

        assertThat(clock.reservationWanted()).hasValue(Hlc.of(NOW + HlcClock.RESERVE_MILLIS, 0));
        assertThat(clock.reservationWanted()).isEmpty();
        clock.reserved(Hlc.of(NOW + HlcClock.RESERVE_MILLIS, 0));
        assertThat(clock.reservationWanted()).isEmpty();
        wall = NOW + HlcClock.RESERVE_MILLIS - HlcClock.RENEW_MILLIS;
        assertThat(clock.reservationWanted()).isEmpty();
        wall++;
        assertThat(clock.reservationWanted()).hasValue(Hlc.of(wall + HlcClock.RESERVE_MILLIS, 0));
        assertThat(clock.reservationWanted()).isEmpty();
    }

    @Test
    void aReservationByAnotherLoopIsAsGoodAsAnOwnOne() {
        HlcClock clock = new HlcClock(() -> wall, 0);
        clock.reserved(Hlc.of(NOW + HlcClock.RESERVE_MILLIS, 0));

        assertThat(clock.reservationWanted()).isEmpty();
    }

    @Test
    void takesOverRemoteStampsUpToTheOffset() {
        HlcClock clock = ready(0);
        long atTheOffset = Hlc.of(NOW + OFFSET, Hlc.MAX_COUNTER);
        clock.reserved(Hlc.of(NOW + 2 * OFFSET, 0));

        assertThat(clock.tryObserve(Hlc.of(NOW + OFFSET + 1, 0), OFFSET))
                .isEqualTo(new HlcClock.TooFarAhead(OFFSET + 1));
        assertThat(clock.last()).isZero();
        assertThat(clock.tryObserve(atTheOffset, OFFSET)).isEqualTo(new HlcClock.Observed());
        assertThat(clock.next()).hasValue(atTheOffset + 1);
    }

    @Test
    void aRemoteStampNeedsToBeNearOneOfWallClockAndOwnStamps() {
        HlcClock clock = ready(Hlc.of(NOW + 100_000, 0));

        assertThat(clock.tryObserve(Hlc.of(NOW + 100_000 + OFFSET, 0), OFFSET)).isEqualTo(new HlcClock.Observed());
        wall = NOW + 1_000_000;
        assertThat(clock.tryObserve(Hlc.of(NOW + 1_000_000 + OFFSET, 0), OFFSET))
                .isEqualTo(new HlcClock.Observed());
        assertThat(clock.tryObserve(Hlc.of(NOW, 0), OFFSET)).isEqualTo(new HlcClock.Observed());
        assertThat(clock.last()).isEqualTo(Hlc.of(NOW + 1_000_000 + OFFSET, 0));
    }

    @Test
    void nonsenseNeverMovesTheClock() {
        HlcClock clock = ready(0);

        for (long nonsense : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThat(clock.tryObserve(nonsense, OFFSET)).isInstanceOf(HlcClock.TooFarAhead.class);
        }
        assertThat(clock.last()).isZero();
        assertThatThrownBy(() -> clock.observe(-1)).hasMessage("HLC -1: a stamp is never negative");
        assertThatThrownBy(() -> clock.reserved(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HlcClock(() -> wall, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whatever wall clock, messages, reservations and restarts do: 100 events a try. */
    @Property
    void stampsOnlyGrowAlsoAcrossRestarts(@ForAll long seed) {
        Random random = new Random(seed);
        wall = NOW;
        long durable = 0;
        long given = 0;
        // Forgotten at a restart, unless it reached the log, from where the floor comes.
        long seen = 0;
        HlcClock clock = new HlcClock(() -> wall, 0);
        for (int event = 0; event < 100; event++) {
            switch (random.nextInt(8)) {
                case 0 -> wall += random.nextInt(20_000) - 8_000;
                case 1 -> {
                    long remote = Hlc.of(wall + random.nextInt(6_000) - 3_000, random.nextInt(65_536));
                    long before = clock.last();
                    long basis = Math.max(wall, Hlc.millis(before));
                    boolean near = Hlc.millis(remote) - basis <= OFFSET;
                    assertThat(clock.tryObserve(remote, OFFSET) instanceof HlcClock.Observed)
                            .isEqualTo(near);
                    assertThat(clock.last()).isEqualTo(near ? Math.max(before, remote) : before);
                    seen = near ? Math.max(seen, remote) : seen;
                }
                case 2, 3 -> {
                    OptionalLong wanted = clock.reservationWanted();
                    if (wanted.isPresent()) {
                        durable = Math.max(durable, wanted.getAsLong());
                        clock.reserved(wanted.getAsLong());
                    }
                }
                case 4 -> {
                    if (random.nextInt(10) == 0) {
                        clock = new HlcClock(() -> wall, durable);
                        seen = 0;
                    }
                }
                default -> {
                    OptionalLong stamp = clock.next();
                    if (stamp.isPresent()) {
                        assertThat(stamp.getAsLong())
                                .isGreaterThan(Math.max(given, seen))
                                .isLessThanOrEqualTo(durable);
                        given = stamp.getAsLong();
                    }
                }
            }
        }
    }

    private HlcClock ready(long floor) {
        HlcClock clock = new HlcClock(() -> wall, floor);
        clock.reserved(Math.max(floor, Hlc.of(NOW, 0)) + (HlcClock.RESERVE_MILLIS << Hlc.COUNTER_BITS));
        return clock;
    }
}
