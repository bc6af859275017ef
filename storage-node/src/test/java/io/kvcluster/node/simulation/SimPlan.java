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
 * @param siblings the conflict policy is Siblings; else LastWriterWins
 * @param faults the kinds that happen in this run
 * @param faultEveryMillis mean time between two faults
 * @param clockSpreadMillis wall clocks differ by at most this
 * @param lossPerMillion frames that need a retransmission
 * @param keys how many are used: few are fought for
 * @param thinkMillis a client waits up to this between two operations
 */
record SimPlan(
        long seed,
        int nodes,
        int loops,
        boolean siblings,
        Set<Fault> faults,
        int faultEveryMillis,
        int clockSpreadMillis,
        int lossPerMillion,
        int keys,
        int clients,
        int thinkMillis,
        int operationsPerClient) {
    /** Clocks may be this far apart; a cluster is promised to work up to 2 s. */
    static final int MAX_CLOCK_SPREAD_MILLIS = 1_500;

    private static final int[] THINK_MILLIS = {3, 10, 40, 120};

    static SimPlan of(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L + 7);
        List<Fault> all = new ArrayList<>(List.of(Fault.values()));
        Collections.shuffle(all, random);
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        faults.addAll(all.subList(0, 2 + random.nextInt(5)));
        return new SimPlan(
                seed,
                random.nextInt(4) == 0 ? 5 : 3,
                1 + random.nextInt(2),
                random.nextInt(5) == 0,
                faults,
                60 + random.nextInt(400),
                random.nextInt(3) == 0 ? 0 : random.nextInt(MAX_CLOCK_SPREAD_MILLIS + 1),
                random.nextInt(3) == 0 ? 0 : random.nextInt(20_000),
                1 + random.nextInt(6),
                6 + random.nextInt(6),
                THINK_MILLIS[random.nextInt(THINK_MILLIS.length)],
                30);
    }

    /** At most one machine loses what was durable: two of three copies must survive what is promised at quorum. */
    boolean losesData() {
        return faults.contains(Fault.BIT_FLIP) || faults.contains(Fault.LOST_DISK);
    }

    String summary() {
        return nodes + " nodes, " + loops + " loops, " + (siblings ? "Siblings" : "LastWriterWins") + ", clocks "
                + clockSpreadMillis + " ms apart, loss " + lossPerMillion + " ppm, " + clients + " clients on " + keys
                + " keys with pauses up to " + thinkMillis + " ms, faults " + faults + " every "
                + faultEveryMillis + " ms";
    }
}
