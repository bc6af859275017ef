package io.kvcluster.node.coordinator;

import io.kvcluster.node.seams.Loop;
import org.jspecify.annotations.Nullable;

/**
 * Which replicas of one round, of those that are to be asked, have been asked and what became of it. Asks as few as needed, this node first, live ones
 * before dead ones; one more for each that refuses or cannot be reached, all when one is slow. While one is silent, those that refused are asked
 * again and again: a link that was missing may be back. Lives on the operation's loop.
 */
final class Polling {
    interface Question {
        /** Asks the replica; its end is told to the polling by {@link #answered} or {@link #refused}. */
        void ask(int replica);
    }

    /** Each wait before those that refused are asked again is twice the one before, so often: up to 0.8 s in production. */
    private static final int DOUBLINGS = 4;

    private static final byte UNASKED = 0;
    private static final byte ASKED = 1;
    private static final byte REFUSED = 2;

    private final Replication replication;
    private final Question question;
    private final byte[] states;
    private int rounds;
    private int outstanding;
    private int answered;
    private int needed;
    private boolean stopped;
    private Loop.@Nullable Timer hedge;
    private Loop.@Nullable Timer again;

    Polling(Replication replication, Question question) {
        this.replication = replication;
        this.question = question;
        this.states = new byte[replication.replicas().size()];
    }

    /** Asks until {@code needed} answers are there or on their way. */
    void need(int needed) {
        this.needed = needed;
        askMissing();
        if (hedge == null && answered < needed) {
            hedge = replication.loop().after(replication.node().settings().hedgeAfter(), this::askAll);
        }
    }

    void answered() {
        outstanding--;
        answered++;
    }

    /** This replica gives no answer now; another is asked if there is one. */
    void refused(int replica) {
        outstanding--;
        states[replica] = REFUSED;
        askMissing();
        if (again == null && !stopped && answered < needed && outstanding > 0 && next() < 0) {
            long wait = replication.node().settings().retryAfter() << Math.min(rounds++, DOUBLINGS);
            again = replication.loop().after(wait, this::askRefused);
        }
    }

    /** Answers that are there. */
    int count() {
        return answered;
    }

    /** True when the needed answers can no longer come. One that is silent may only be slow. */
    boolean hopeless() {
        return answered < needed && outstanding == 0 && next() < 0;
    }

    void stop() {
        stopped = true;
        if (hedge != null) {
            hedge.cancel();
        }
        if (again != null) {
            again.cancel();
        }
    }

    private void askMissing() {
        while (answered + outstanding < needed) {
            int replica = next();
            if (replica < 0) {
                return;
            }
            ask(replica);
        }
    }

    private void askAll() {
        if (next() >= 0 && answered < needed) {
            replication.trace().hedged();
        }
        for (int replica = next(); replica >= 0 && answered < needed; replica = next()) {
            ask(replica);
        }
    }

    private void askRefused() {
        again = null;
        for (int replica = 0; replica < states.length; replica++) {
            if (states[replica] == REFUSED && answered < needed && !stopped) {
                ask(replica);
            }
        }
    }

    private void ask(int replica) {
        states[replica] = ASKED;
        outstanding++;
        question.ask(replica);
    }

    private int next() {
        int dead = -1;
        for (int i = 0; i < states.length; i++) {
            int replica =
                    (replication.self() + i) % states.length; // each coordinator has another neighbour: load is spread
            if (states[replica] == UNASKED && replication.isReader(replica)) {
                if (replication.isUp(replica)) {
                    return replica;
                }
                dead = replica;
            }
        }
        return dead;
    }
}
