package io.kvcluster.ring.placement;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Sends as much as possible from a source to a sink, as cheaply as possible: the primal-dual method, which finds the distance of
 * the cheapest way by label correction and then saturates every way of that length at once. Costs may be negative, but no
 * cycle of the graph may be. Deterministic: ways are tried in the order in which their arcs were added.
 */
final class MinCostFlow {
    private static final long FAR = Long.MAX_VALUE / 4;

    private final int[] firstArc;
    private int[] nextArc = new int[64];
    private int[] to = new int[64];
    private int[] room = new int[64];
    private long[] cost = new long[64];
    private int arcs;

    private final long[] distance;
    private final int[] cursor;
    private final boolean[] marked;

    MinCostFlow(int nodes) {
        this.firstArc = new int[nodes];
        Arrays.fill(firstArc, -1);
        this.distance = new long[nodes];
        this.cursor = new int[nodes];
        this.marked = new boolean[nodes];
    }

    /** An arc that takes up to {@code capacity} units at {@code unitCost} each. @return its name, for {@link #flow} */
    int arc(int from, int target, int capacity, long unitCost) {
        half(from, target, capacity, unitCost);
        half(target, from, 0, -unitCost);
        return arcs - 2;
    }

    private void half(int from, int target, int capacity, long unitCost) {
        if (arcs == to.length) {
            nextArc = Arrays.copyOf(nextArc, 2 * arcs);
            to = Arrays.copyOf(to, 2 * arcs);
            room = Arrays.copyOf(room, 2 * arcs);
            cost = Arrays.copyOf(cost, 2 * arcs);
        }
        to[arcs] = target;
        room[arcs] = capacity;
        cost[arcs] = unitCost;
        nextArc[arcs] = firstArc[from];
        firstArc[from] = arcs++;
    }

    /** What flows through an arc. */
    int flow(int arc) {
        return room[arc ^ 1];
    }

    /** @return how much could be sent */
    int send(int source, int sink) {
        int sent = 0;
        while (label(source, sink)) {
            System.arraycopy(firstArc, 0, cursor, 0, cursor.length);
            Arrays.fill(marked, false);
            int more = push(source, sink, Integer.MAX_VALUE);
            while (more > 0) {
                sent += more;
                Arrays.fill(marked, false);
                more = push(source, sink, Integer.MAX_VALUE);
            }
        }
        return sent;
    }

    /** Distances from the source over arcs with room. @return whether the sink can be reached */
    private boolean label(int source, int sink) {
        Arrays.fill(distance, FAR);
        Arrays.fill(marked, false);
        distance[source] = 0;
        ArrayDeque<Integer> open = new ArrayDeque<>();
        open.add(source);
        while (!open.isEmpty()) {
            int node = open.remove();
            marked[node] = false;
            for (int arc = firstArc[node]; arc >= 0; arc = nextArc[arc]) {
                long through = distance[node] + cost[arc];
                if (room[arc] > 0 && through < distance[to[arc]]) {
                    distance[to[arc]] = through;
                    if (!marked[to[arc]]) {
                        marked[to[arc]] = true;
                        open.add(to[arc]);
                    }
                }
            }
        }
        return distance[sink] < FAR;
    }

    /** Sends along cheapest ways only; a node on the way is marked, since arcs of cost 0 may form circles. */
    private int push(int node, int sink, int limit) {
        if (node == sink) {
            return limit;
        }
        marked[node] = true;
        int sent = 0;
        for (; cursor[node] >= 0 && sent < limit; cursor[node] = nextArc[cursor[node]]) {
            int arc = cursor[node];
            int target = to[arc];
            if (room[arc] > 0 && !marked[target] && distance[target] == distance[node] + cost[arc]) {
                int more = push(target, sink, Math.min(limit - sent, room[arc]));
                room[arc] -= more;
                room[arc ^ 1] += more;
                sent += more;
                if (sent == limit) {
                    break;
                }
            }
        }
        marked[node] = false;
        return sent;
    }
}
