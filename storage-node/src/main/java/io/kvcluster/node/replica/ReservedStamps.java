package io.kvcluster.node.replica;

import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.version.Actor;
import io.kvcluster.node.version.Dot;
import io.kvcluster.node.version.HlcClock;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Stamps of one loop from its own clock, below a ceiling that the store made durable. The reservation is renewed ahead of
 * need; a stamp waits for the disk only at the first write after a start, or when the disk stalls.
 */
public final class ReservedStamps implements Stamps {
    private final HlcClock clock;
    private final Actor actor;
    private final RecordStore store;
    private final Loop loop;
    private final LongSupplier observed;
    private final LongConsumer given;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private long ceiling;

    /**
     * @param clock made with the store's floor; belongs to the loop from now on
     * @param observed the greatest stamp that the whole node has seen; from any thread
     * @param given told of each stamp, and of what the node's clock must have passed; from the loop
     */
    public ReservedStamps(
            HlcClock clock, Actor actor, RecordStore store, Loop loop, LongSupplier observed, LongConsumer given) {
        this.clock = clock;
        this.actor = actor;
        this.store = store;
        this.loop = loop;
        this.observed = observed;
        this.given = given;
        this.ceiling = clock.last();
    }

    @Override
    public void whenReady(long floor, Runnable then) {
        observe(floor);
        if (waiting.isEmpty() && clock.last() < ceiling) {
            then.run();
        } else {
            waiting.add(then);
        }
    }

    @Override
    public Optional<Dot> next(long floor) {
        observe(floor);
        var stamp = clock.next();
        if (stamp.isEmpty()) {
            return Optional.empty();
        }
        given.accept(stamp.getAsLong());
        return Optional.of(new Dot(stamp.getAsLong(), actor));
    }

    @Override
    public long now() {
        return Math.max(clock.now(), observed.getAsLong());
    }

    @Override
    public void whenPast(long stamp, Runnable then) {
        given.accept(stamp);
        if (stamp <= ceiling) {
            then.run(); // the next life begins above the ceiling
        } else {
            whenReady(stamp, then);
        }
    }

    private void observe(long floor) {
        clock.observe(Math.max(floor, observed.getAsLong()));
        var wanted = clock.reservationWanted();
        if (wanted.isPresent()) {
            long upTo = wanted.getAsLong();
            store.reserveHlc(upTo, loop, () -> reserved(upTo));
        }
    }

    private void reserved(long upTo) {
        clock.reserved(upTo);
        ceiling = Math.max(ceiling, upTo);
        while (!waiting.isEmpty() && clock.last() < ceiling) {
            waiting.poll().run();
        }
        if (!waiting.isEmpty()) {
            observe(0);
        }
    }
}
