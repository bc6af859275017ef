package io.kvcluster.node.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.resolver.ResolverEvents.Failure;
import io.kvcluster.node.seams.Environment;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.resolver.ConflictResolver;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever a resolver does, the caller hears in time, and on its loop. */
class ResolversTest {
    private static final Key KEY = Key.of("k");

    private final ArrayDeque<Runnable> posted = new ArrayDeque<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final ArrayDeque<Runnable> work = new ArrayDeque<>();
    private int queue = 100;
    private final List<String> heard = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private Merge merge = (left, right) -> left + right;

    private interface Merge {
        String of(String left, String right);
    }

    private final Loop loop = new Loop() {
        @Override
        public boolean offer(Runnable task) {
            return posted.add(task);
        }

        @Override
        public void post(Runnable task) {
            posted.add(task);
        }

        @Override
        public Timer after(long nanos, Runnable task) {
            assertThat(nanos).isEqualTo(Limits.RESOLVER_MILLIS * 1_000_000L);
            timers.add(task);
            return () -> timers.remove(task);
        }

        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public int depth() {
            return posted.size();
        }
    };

    private final Environment.Worker worker = new Environment.Worker() {
        @Override
        public boolean offer(Runnable task) {
            return work.size() < queue && work.add(task);
        }

        @Override
        public void close() {}
    };

    private final ConflictResolver resolver = new ConflictResolver() {
        @Override
        public String name() {
            return "test";
        }

        @Override
        public byte[] merge(byte[] key, byte[] left, byte[] right) {
            String merged = merge.of(text(left), text(right));
            left[0] = '!';
            right[0] = '!';
            key[0] = '!';
            return merged.getBytes(StandardCharsets.UTF_8);
        }
    };

    private final ResolverEvents events = new ResolverEvents() {
        @Override
        public void resolved(int values) {
            told.add("resolved " + values);
        }

        @Override
        public void failed(Failure why) {
            told.add(why.name());
        }
    };

    private final Resolvers resolvers = new Resolvers(Map.of("test", resolver), worker, events);

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void resolve(String name, String... values) {
        List<byte[]> given = new ArrayList<>();
        for (String value : values) {
            given.add(value.getBytes(StandardCharsets.UTF_8));
        }
        resolvers.resolve(name, KEY, given, loop, result -> heard.add(result == null ? "none" : text(result)));
        assertThat(given.stream().map(ResolversTest::text)).containsExactly(values);
        assertThat(text(KEY.bytes())).isEqualTo("k");
    }

    private void runWork() {
        while (!work.isEmpty()) {
            work.poll().run();
        }
    }

    private void runPosted() {
        while (!posted.isEmpty()) {
            posted.poll().run();
        }
    }

    @Test
    void allValuesAreMergedOnTheWorkerAndToldOnTheLoop() {
        resolve("test", "a", "b", "c");
        assertThat(heard).isEmpty();
        runWork();
        assertThat(heard).isEmpty();
        runPosted();
        assertThat(heard).containsExactly("abc");
        assertThat(told).containsExactly("resolved 3");
        assertThat(timers).isEmpty();
    }

    @Test
    void whatTheResolverDoesToItsArgumentsHarmsNobody() {
        resolve("test", "a", "b");
        runWork();
        runPosted();
        resolve("test", "a", "b");
        runWork();
        runPosted();
        assertThat(heard).containsExactly("ab", "ab");
    }

    @Test
    void oneThatIsNotThereGivesNone() {
        resolve("other", "a", "b");
        assertThat(heard).containsExactly("none");
        assertThat(told).containsExactly("MISSING");
    }

    @Test
    void oneThatThrowsGivesNone() {
        merge = (_, _) -> {
            throw new StackOverflowError();
        };
        resolve("test", "a", "b");
        runWork();
        runPosted();
        assertThat(heard).containsExactly("none");
        assertThat(told).containsExactly("THREW");
    }

    @Test
    void aResultLargerThanAValueGivesNone() {
        merge = (_, _) -> "x".repeat(Limits.VALUE_BYTES + 1);
        resolve("test", "a", "b");
        runWork();
        runPosted();
        assertThat(told).containsExactly("TOO_LARGE");
        assertThat(heard).containsExactly("none");
    }

    @Test
    void oneThatIsTooSlowGivesNoneAtTheLimitAndItsLateResultIsNotHeard() {
        resolve("test", "a", "b");
        timers.removeFirst().run();
        assertThat(heard).containsExactly("none");
        runWork();
        runPosted();
        assertThat(heard).containsExactly("none");
        assertThat(told).containsExactly("TOO_SLOW");
    }

    @Test
    void aFullQueueGivesNoneAtOnce() {
        queue = 1;
        resolve("test", "a", "b");
        resolve("test", "c", "d");
        assertThat(heard).containsExactly("none");
        assertThat(told).containsExactly("BUSY");
    }

    @Test
    void whenEveryThreadIsHeldByACallThatDoesNotEndNobodyWaitsForTheLimit() {
        List<Integer> heardInside = new ArrayList<>();
        merge = (left, right) -> {
            // while this call runs its limit passes
            timers.removeFirst().run();
            if (heardInside.size() < Resolvers.THREADS - 1) {
                heardInside.add(1);
                resolve("test", "c", "d");
                work.poll().run();
            } else {
                resolve("test", "e", "f");
            }
            return left + right;
        };
        resolve("test", "a", "b");
        work.poll().run();
        assertThat(told).containsExactly("TOO_SLOW", "TOO_SLOW", "BUSY");
        assertThat(heard).containsExactly("none", "none", "none");
        merge = (left, right) -> left + right;
        resolve("test", "g", "h");
        runWork();
        runPosted();
        assertThat(heard).last().isEqualTo("gh");
    }
}
