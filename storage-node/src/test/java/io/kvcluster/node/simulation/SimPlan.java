package io.kvcluster.node.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What a seed decides before anything runs.
 *
 * @param nodes machines; every key has three replicas, or as many as there are machines
 * @param loops core loops of a node
 * @param faults the kinds that happen in this run
 * @param faultEveryMillis mean time between two faults
 * @param clockSpreadMillis wall clocks differ by at most this
 * @param driftPerMillion clocks are at most so much too fast or too slow
 * @param lossPerMillion frames that need a retransmission
 * @param keys how many are used: few are fought for
 * @param thinkMillis a client waits up to this between two operations
 * @param leaveOneAway after the faults one machine stays away for a while: the others must go on
 */
record SimPlan(
        long seed,
        int nodes,
        int loops,
        Policy policy,
        Set<Fault> faults,
        int faultEveryMillis,
        int clockSpreadMillis,
        int driftPerMillion,
        int lossPerMillion,
        int keys,
        int clients,
        int thinkMillis,
        int operationsPerClient,
        boolean leaveOneAway,
        Upkeep upkeep) {
    /** Clocks may be this far apart; a cluster is promised to work up to 2 s. */
    static final int MAX_CLOCK_SPREAD_MILLIS = 1_500;

    private static final int[] THINK_MILLIS = {3, 10, 40, 120};

    /**
     * How repair goes about it.
     *
     * @param exchangeEveryMillis between two exchanges that nothing asks for
     * @param coverLagMillis exchanges cover what is older
     * @param hintWindowMillis hints that are older are given up
     * @param hints that are kept for one machine
     */
    record Upkeep(int exchangeEveryMillis, int coverLagMillis, int hintWindowMillis, int hints) {
        /** So rarely that a run sees only those that something asks for, as in production. */
        static final int SELDOM = 600_000;

        static final Upkeep USUAL = new Upkeep(SELDOM, 64_000, 3 * 3_600_000, 100);

        /**
         * As in production, exchanges cover nothing that a request under way may still know of: the lag is longer than any deadline
         * and twice the spread of clocks. Else a read whose first answer is old and whose second comes after a collection is stale.
         */
        static Upkeep of(Random random, int clockSpreadMillis) {
            int least = LONGEST_DEADLINE_MILLIS + 2 * clockSpreadMillis;
            boolean eager = random.nextInt(3) == 0;
            return new Upkeep(
                    eager ? 50 + random.nextInt(200) : random.nextBoolean() ? SELDOM : 100 + random.nextInt(2_000),
                    least + random.nextInt(eager ? 50 : 500),
                    random.nextInt(3) == 0 ? 500 + random.nextInt(1_000) : 3 * 3_600_000,
                    random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 100);
        }
    }

    /** Of a client's request, with what it takes to reach the node. */
    static final int LONGEST_DEADLINE_MILLIS = 700;

    static SimPlan of(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 7);
        boolean gentle = random.nextInt(4) == 0;
        List<Fault> all = new ArrayList<>(gentle ? Fault.GENTLE : List.of(Fault.values()));
        Collections.shuffle(all, random);
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        faults.addAll(all.subList(0, 2 + random.nextInt(5)));
        int nodes = random.nextInt(4) == 0 ? 5 : 3;
        int loops = 1 + random.nextInt(2);
        Policy policy = policy(random.nextInt(10));
        int faultEveryMillis = 60 + random.nextInt(400);
        int clockSpreadMillis = random.nextInt(3) == 0 ? 0 : random.nextInt(MAX_CLOCK_SPREAD_MILLIS + 1);
        return new SimPlan(
                seed,
                nodes,
                loops,
                policy,
                faults,
                faultEveryMillis,
                clockSpreadMillis,
                random.nextInt(3) == 0 ? 0 : random.nextInt(500),
                random.nextInt(3) == 0 ? 0 : random.nextInt(20_000),
                1 + random.nextInt(6),
                6 + random.nextInt(6),
                THINK_MILLIS[random.nextInt(THINK_MILLIS.length)],
                30,
                random.nextInt(4) == 0,
                Upkeep.of(random, clockSpreadMillis));
    }

    private static Policy policy(int dice) {
        return switch (dice) {
            case 0, 1 -> Policy.SIBLINGS;
            case 2 -> Policy.CUSTOM;
            case 3, 4 -> Policy.CHANGING;
            default -> Policy.LAST_WRITER_WINS;
        };
    }

    String summary() {
        return nodes + " nodes, " + loops + " loops, " + policy + ", clocks " + clockSpreadMillis + " ms apart, drift "
                + driftPerMillion + " ppm, loss " + lossPerMillion + " ppm, " + clients + " clients on " + keys
                + " keys with pauses up to " + thinkMillis + " ms, faults " + faults + " every " + faultEveryMillis
                + " ms" + (leaveOneAway ? ", one away at the end" : "") + ", exchanges every "
                + upkeep.exchangeEveryMillis() + " ms, cover lag " + upkeep.coverLagMillis() + " ms, hint window "
                + upkeep.hintWindowMillis() + " ms, " + upkeep.hints() + " hints";
    }
}
