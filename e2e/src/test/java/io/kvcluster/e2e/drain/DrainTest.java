package io.kvcluster.e2e.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.kvcluster.client.Address;
import io.kvcluster.client.KvClient;
import io.kvcluster.client.KvClientConfig;
import io.kvcluster.client.Level;
import io.kvcluster.client.RequestOptions;
import io.kvcluster.client.WriteOutcome;
import io.kvcluster.node.command.Key;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A node that stops in order fails no operation, wherever it is at that moment, and none takes effect twice. */
final class DrainTest {
    private static final RequestOptions QUORUM =
            RequestOptions.DEFAULT.at(Level.QUORUM).within(Duration.ofSeconds(60));
    private static final int VALUE_BYTES = 16 * 1024;
    private static final String KEY = "k";
    private static final Duration GRACE = Duration.ofSeconds(60);

    /** How operations travel. */
    enum Travel {
        CALLS,
        SESSION
    }

    /** Where the write is when the node is asked to stop. */
    enum Point {
        ON_ITS_WAY,
        IN_THE_NODE,
        ANSWER_ON_ITS_WAY,
        /** The client has heard nothing yet. */
        NOT_SENT_YET,
        /** The client knows that its session ends, and not yet that the connection does. */
        SENT_AFTER_THE_SESSION
    }

    private final Map<Key, AtomicInteger> applied = new ConcurrentHashMap<>();
    private StoppingNode first;
    private StoppingNode second;
    private HeldLink link;
    private CompletableFuture<Boolean> stopped = CompletableFuture.completedFuture(true);

    @BeforeEach
    void start() throws IOException {
        first = new StoppingNode("first", applied);
        second = new StoppingNode("second", applied);
        link = new HeldLink(first.port());
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
        first.close();
        second.close();
    }

    /** Machines that test are busy. */
    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(2));
    }

    /** Asks the first node as long as it serves. */
    private KvClient client(Travel travel, int port) {
        KvClientConfig config = KvClientConfig.of(
                Address.parse("127.0.0.1:" + port, port), Address.parse("127.0.0.1:" + second.port(), second.port()));
        return KvClient.connect(travel == Travel.SESSION ? config : config.withoutSessions());
    }

    private void settle(KvClient client, Travel travel) {
        ByteString warm = ByteString.copyFromUtf8("warm");
        patiently()
                .until(() -> client.put(warm, warm, QUORUM) instanceof WriteOutcome.Applied(var _, var _, var servedBy)
                        && servedBy.node().equals("first")
                        && first.requests() == (travel == Travel.SESSION ? 1 : 0));
    }

    private static CompletableFuture<WriteOutcome> put(KvClient client) {
        return client.putAsync(ByteString.copyFromUtf8(KEY), ByteString.copyFrom(new byte[VALUE_BYTES]), QUORUM);
    }

    @ParameterizedTest
    @CsvSource({
        "CALLS, ON_ITS_WAY", "CALLS, IN_THE_NODE", "CALLS, ANSWER_ON_ITS_WAY", "CALLS, NOT_SENT_YET",
        "SESSION, ON_ITS_WAY", "SESSION, IN_THE_NODE", "SESSION, ANSWER_ON_ITS_WAY", "SESSION, NOT_SENT_YET",
        "SESSION, SENT_AFTER_THE_SESSION"
    })
    void aWriteIsAppliedOnceWhereverItIsWhenItsNodeStops(Travel travel, Point point) throws Exception {
        try (KvClient client = client(travel, link.port())) {
            settle(client, travel);
            CompletableFuture<WriteOutcome> written = switch (point) {
                case ON_ITS_WAY -> {
                    link.holdUp();
                    var put = put(client);
                    patiently().until(() -> link.heldUp() >= VALUE_BYTES);
                    stopFirst();
                    yield put;
                }
                case IN_THE_NODE -> {
                    first.keepAnswers();
                    var put = put(client);
                    patiently().until(() -> first.keptAnswers() > 0);
                    stopFirst();
                    first.answer();
                    yield put;
                }
                case ANSWER_ON_ITS_WAY -> {
                    link.holdDown();
                    var put = put(client);
                    patiently().until(() -> applied.containsKey(Key.of(KEY)));
                    stopFirst();
                    yield put;
                }
                case NOT_SENT_YET -> {
                    link.holdDown();
                    link.holdUp();
                    stopFirst();
                    var put = put(client);
                    patiently().until(() -> link.heldUp() >= VALUE_BYTES);
                    yield put;
                }
                case SENT_AFTER_THE_SESSION -> {
                    link.holdGoAway();
                    stopped = first.stop(GRACE);
                    patiently().until(() -> link.isGoAwayHeld() && first.requests() == 0);
                    yield put(client);
                }
            };
            link.release();
            assertThat(written.get(60, TimeUnit.SECONDS)).isInstanceOf(WriteOutcome.Applied.class);
            assertThat(stopped.get(60, TimeUnit.SECONDS)).as("in order").isTrue();
        }
        assertThat(applied.get(Key.of(KEY))).hasValue(1);
    }

    /** The connection stands as long as the client has not heard of the end: what it sends meanwhile would be in doubt. */
    private void stopFirst() {
        stopped = first.stop(GRACE);
        await().during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(60))
                .failFast("the node closed the connection under its client", link::isServerClosed)
                .until(() -> !link.isServerClosed());
    }

    @ParameterizedTest
    @EnumSource(Travel.class)
    void noWriteOfManyFailsWhileANodeStopsAndStartsAgainAndAgain(Travel travel) throws Exception {
        int writers = 16;
        int rounds = 6;
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Integer>> written = new ArrayList<>();
        AtomicInteger byFirst = new AtomicInteger();
        try (KvClient client = client(travel, first.port())) {
            settle(client, travel);
            for (int w = 0; w < writers; w++) {
                String prefix = "writer-" + w + "-";
                written.add(CompletableFuture.supplyAsync(
                        () -> write(client, prefix, over, byFirst), task -> Thread.startVirtualThread(task)));
            }
            for (int round = 0; round < rounds; round++) {
                int before = byFirst.get();
                patiently().until(() -> byFirst.get() > before + 200);
                assertThat(first.stop(GRACE).get(60, TimeUnit.SECONDS))
                        .as("in order")
                        .isTrue();
                first.startAgain();
            }
            over.set(true);
            for (CompletableFuture<Integer> one : written) {
                assertThat(one.get(60, TimeUnit.SECONDS)).isPositive();
            }
        }
        assertThat(applied.entrySet())
                .filteredOn(entry -> !entry.getKey().equals(Key.of("warm")))
                .allSatisfy(entry -> assertThat(entry.getValue()).hasValue(1));
    }

    private static int write(KvClient client, String prefix, AtomicBoolean over, AtomicInteger byFirst) {
        int count = 0;
        while (!over.get()) {
            ByteString key = ByteString.copyFromUtf8(prefix + count++);
            WriteOutcome outcome = client.put(key, key, QUORUM);
            assertThat(outcome).isInstanceOf(WriteOutcome.Applied.class);
            if (outcome instanceof WriteOutcome.Applied(var _, var _, var servedBy)
                    && servedBy.node().equals("first")) {
                byFirst.incrementAndGet();
            }
        }
        return count;
    }

    @Test
    void aClientThatDoesNotAnswerHoldsNoNodeUpLongerThanItsGrace() throws Exception {
        try (KvClient client = client(Travel.CALLS, link.port())) {
            settle(client, Travel.CALLS);
            link.holdUp();
            link.holdDown();
            long begin = System.nanoTime();
            assertThat(first.stop(Duration.ofMillis(500)).get(60, TimeUnit.SECONDS))
                    .isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
        }
    }
}
