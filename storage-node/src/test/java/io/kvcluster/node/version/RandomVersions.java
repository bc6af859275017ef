package io.kvcluster.node.version;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/** Random values from a universe so small that dots, actors and generations collide all the time. */
final class RandomVersions {
    private static final int ACTORS = 4;
    private static final int STAMPS = 6;

    private final Random random;

    RandomVersions(long seed) {
        this.random = new Random(seed);
    }

    Actor actor() {
        // A negative store id checks that ids compare unsigned.
        int n = random.nextInt(ACTORS);
        return new Actor(n < 2 ? n + 1 : -n, 1 + n % 2);
    }

    Dot dot() {
        return new Dot(1 + random.nextInt(STAMPS), actor());
    }

    Context context() {
        Context context = Context.EMPTY;
        for (int i = random.nextInt(4); i > 0; i--) {
            context = context.with(dot());
        }
        return context;
    }

    /** Always the same for the same dot, as it is while no store stamps twice. */
    static Sibling siblingOf(Dot dot) {
        int kind = Math.floorMod(dot.hashCode(), 4);
        return switch (kind) {
            case 0 -> Sibling.tombstone(dot);
            case 1 -> new Sibling(dot, new byte[] {(byte) dot.hlc()}, false, 1_000 + dot.hlc());
            default -> Sibling.value(dot, new byte[kind * (int) dot.hlc()]);
        };
    }

    /** One of several for the same dot, of different lengths. */
    private Sibling reusing(Dot dot) {
        return switch (random.nextInt(3)) {
            case 0 -> Sibling.tombstone(dot);
            case 1 -> new Sibling(dot, new byte[random.nextInt(2)], false, 1_000 + random.nextInt(2));
            default -> Sibling.value(dot, new byte[1 + random.nextInt(2)]);
        };
    }

    /** Any record that keeps the rules of a record, reachable or not. */
    KeyRecord record() {
        return record(false);
    }

    KeyRecord recordReusingDots() {
        return record(true);
    }

    private KeyRecord record(boolean reuse) {
        Context context = context();
        TreeSet<Dot> dots = new TreeSet<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            Dot dot = dot();
            dots.add(dot);
            context = context.with(dot);
        }
        List<Sibling> siblings = dots.descendingSet().stream()
                .map(dot -> reuse ? reusing(dot) : siblingOf(dot))
                .toList();
        return new KeyRecord(random.nextInt(5) == 0 ? 2 : 0, siblings, context);
    }

    /** A record with realistic numbers and sizes, for codecs. */
    KeyRecord large() {
        TreeMap<Actor, Long> stamps = new TreeMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            long storeId = random.nextLong() | 1;
            stamps.put(new Actor(storeId, random.nextInt() | 1), 1 + random.nextLong(Long.MAX_VALUE));
        }
        List<Context.Entry> entries = new ArrayList<>();
        stamps.forEach((actor, hlc) -> entries.add(new Context.Entry(actor, hlc)));
        TreeMap<Dot, Sibling> siblings = new TreeMap<>();
        for (Context.Entry entry : entries) {
            for (int i = random.nextInt(3); i > 0; i--) {
                long hlc = random.nextBoolean() ? entry.hlc() : 1 + random.nextLong(entry.hlc());
                Dot dot = new Dot(hlc, entry.actor());
                boolean tombstone = random.nextInt(4) == 0;
                byte[] value = new byte[tombstone ? 0 : random.nextInt(300)];
                random.nextBytes(value);
                long expiry = random.nextBoolean() ? 0 : 1 + random.nextLong(Hlc.MAX_MILLIS);
                siblings.put(dot, new Sibling(dot, value, tombstone, expiry));
            }
        }
        return new KeyRecord(
                random.nextInt(3) == 0 ? random.nextInt(Integer.MAX_VALUE) : 0,
                List.copyOf(siblings.descendingMap().values()),
                Context.of(entries));
    }

    byte[] bytes(int max) {
        byte[] bytes = new byte[random.nextInt(max + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }
}
