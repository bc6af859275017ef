package io.kvcluster.node.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Dotted version vectors against their meaning: sets of dots. Three replicas write with whatever context a client once read
 * there or elsewhere, delete, and merge in any order, also old states again; after every step the compact form must say the same
 * as the sets. Some values expire: then each moment has its own answer to which are alive. 100 steps a try, 100,000 in all.
 */
class SiblingsModelTest {
    private static final int REPLICAS = 3;
    private static final int STEPS = 100;

    /** What a replica, or a record on its way, knows: every dot it saw, and those of them that nobody superseded. */
    private record Model(Set<Dot> seen, Set<Dot> live) {
        Model merge(Model other) {
            Set<Dot> allSeen = new HashSet<>(seen);
            allSeen.addAll(other.seen);
            Set<Dot> alive = new HashSet<>();
            for (Dot dot : allSeen) {
                boolean deadHere = seen.contains(dot) && !live.contains(dot);
                boolean deadThere = other.seen.contains(dot) && !other.live.contains(dot);
                if (!deadHere && !deadThere) {
                    alive.add(dot);
                }
            }
            return new Model(allSeen, alive);
        }

        Model write(Dot dot, Set<Dot> read) {
            Set<Dot> allSeen = new HashSet<>(seen);
            allSeen.addAll(read);
            allSeen.add(dot);
            Set<Dot> alive = new HashSet<>(live);
            alive.removeAll(read);
            alive.add(dot);
            return new Model(allSeen, alive);
        }
    }

    private record State(KeyRecord record, Model model) {
        static final State NEW = new State(KeyRecord.EMPTY, new Model(Set.of(), Set.of()));
    }

    @Property
    void siblingsMeanWhatSetsOfDotsMean(@ForAll long seed) {
        Random random = new Random(seed);
        List<State> replicas = new ArrayList<>(List.of(State.NEW, State.NEW, State.NEW));
        List<State> past = new ArrayList<>(replicas);
        Map<Dot, Sibling> written = new LinkedHashMap<>();
        for (int step = 1; step <= STEPS; step++) {
            int at = random.nextInt(REPLICAS);
            State state = replicas.get(at);
            State next;
            // Stamps of different replicas collide now and then, as they may.
            Dot dot = new Dot(step / 2 + 1, new Actor(at + 1, 1));
            State read = past.get(random.nextInt(past.size()));
            boolean stampIsFree = dot.hlc()
                    > Math.max(state.record().greatestHlc(), read.record().greatestHlc());
            if (random.nextInt(3) > 0 && stampIsFree) {
                Sibling added = sibling(dot, random);
                next = write(state, added, random.nextInt(4) > 0 ? read : State.NEW);
                if (!next.equals(state)) { // else it was refused, and nobody ever sees the dot
                    written.put(dot, added);
                }
            } else {
                State other = random.nextBoolean() ? replicas.get(random.nextInt(REPLICAS)) : read;
                next = new State(
                        ConflictPolicy.SIBLINGS
                                .merge(state.record(), other.record())
                                .record(),
                        state.model().merge(other.model()));
            }
            replicas.set(at, next);
            past.add(next);
            assertSame(next, written, 1 + random.nextInt(STEPS));
        }
    }

    private static Sibling sibling(Dot dot, Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> Sibling.tombstone(dot);
            case 1, 2 -> Sibling.expiring(dot, new byte[] {1}, 1 + random.nextInt(STEPS));
            default -> Sibling.value(dot, new byte[] {1});
        };
    }

    /** Refused writes beyond the cap leave the state as it was; the model is spared them. */
    private static State write(State state, Sibling added, State read) {
        return switch (ConflictPolicy.SIBLINGS.write(
                state.record(), added, read.record().context())) {
            case ConflictPolicy.Write.Written written ->
                new State(
                        written.record(),
                        state.model().write(added.dot(), read.model().seen()));
            case ConflictPolicy.Write.TooManySiblings refused -> state;
        };
    }

    private static void assertSame(State state, Map<Dot, Sibling> written, long nowMillis) {
        Set<Dot> dots = new TreeSet<>();
        state.record().siblings().forEach(sibling -> dots.add(sibling.dot()));
        assertThat(dots).isEqualTo(state.model().live());
        for (Sibling kept : state.record().siblings()) {
            assertThat(kept).as("a merge changes no value and no expiry").isEqualTo(written.get(kept.dot()));
        }
        assertExpiry(state, written, nowMillis);
        for (Dot dot : written.keySet()) {
            assertThat(state.record().context().covers(dot))
                    .as("%s seen by %s", dot, state.record())
                    .isEqualTo(state.model().seen().contains(dot));
        }
    }

    /** What a reader at a moment sees alive, and the latest expiry that its clock must then be past. */
    private static void assertExpiry(State state, Map<Dot, Sibling> written, long nowMillis) {
        Set<Dot> alive = new TreeSet<>();
        long latest = 0;
        for (Dot dot : state.model().live()) {
            Sibling sibling = written.get(dot);
            boolean expired = sibling.expiryMillis() > 0 && sibling.expiryMillis() <= nowMillis;
            if (!sibling.tombstone() && !expired) {
                alive.add(dot);
            }
            latest = expired ? Math.max(latest, sibling.expiryMillis()) : latest;
        }
        Set<Dot> shown = new TreeSet<>();
        state.record().siblings().stream()
                .filter(sibling -> sibling.isLive(nowMillis))
                .forEach(sibling -> shown.add(sibling.dot()));
        assertThat(shown).isEqualTo(alive);
        assertThat(state.record().meta().expiredBy(nowMillis)).isEqualTo(latest);
    }
}
