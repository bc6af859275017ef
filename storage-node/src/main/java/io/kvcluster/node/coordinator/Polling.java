package io.kvcluster.node.coordinator;

import io.kvcluster.node.seams.Loop;
import org.jspecify.annotations.Nullable;

/**
 * Which replicas of one round, of those that are to be asked, have been asked and what became of it. Asks as few as needed, this node first, live ones
 * before dead ones; one more for each that refuses or cannot be reached, all when one is slow. Lives on the operation's loop.
 */
final class Polling {
    interface Question {
        /** Asks the replica; its end is told to the polling by {@link #answered} or {@link #refused}. */
        void ask(int replica);
    }

    private final Replication replication;
    private final Question question;
    private final boolean[] asked;
    private int outstanding;
    private int answered;
    private int needed;
    private Loop.@Nullable Timer hedge;

    Polling(Replication replication, Question question) {
        this.replication = replication;
        this.question = question;
        this.asked = new boolean[replication.replicas().size()];
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

    /** This replica gives no answer in this round; another is asked if there is one. */
    void refused() {
        outstanding--;
        askMissing();
    }

    /** Answers that are there. */
    int count() {
        return answered;
    }

    /** True when the needed answers can no longer come. */
    boolean hopeless() {
        return answered < needed && outstanding == 0 && next() < 0;
    }

    void stop() {
        if (hedge != null) {
            hedge.cancel();
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

    private void ask(int replica) {
        asked[replica] = true;
        outstanding++;
        question.ask(replica);
    }

    private int next() {
        int dead = -1;
        for (int i = 0; i < asked.length; i++) {
            int replica =
                    (replication.self() + i) % asked.length; // each coordinator has another neighbour: load is spread
            if (!asked[replica] && replication.isReader(replica)) {
                if (replication.isUp(replica)) {
                    return replica;
                }
                dead = replica;
            }
        }
        return dead;
    }
}
