package io.kvcluster.node.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.kvcluster.node.command.Command;
import io.kvcluster.node.command.ConsistencyLevel;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.Limits;
import io.kvcluster.node.command.Outcome;
import io.kvcluster.node.command.Reason;
import io.kvcluster.proto.kv.Failure;
import io.kvcluster.proto.kv.PutRequest;
import io.kvcluster.proto.peer.ForwardAnswer;
import io.kvcluster.proto.peer.ForwardRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ForwardsTest {
    private static final long SENDER_NOW = -5_000_000_000L;
    private static final long RECEIVER_NOW = Long.MAX_VALUE - 3;

    @Property(tries = 300)
    void aCommandArrivesAsItWasSentAndIsMarkedForwarded(@ForAll("commands") Command sent) throws Exception {
        Command arrived = Forwards.decode(
                ForwardRequest.parseFrom(Forwards.encode(sent, SENDER_NOW).toByteArray()), RECEIVER_NOW);
        assertThat(arrived.forwarded()).isTrue();
        assertThat(arrived)
                .usingRecursiveComparison()
                .ignoringFields("forwarded", "deadlineNanos")
                .isEqualTo(sent);
        long left = TimeUnit.NANOSECONDS.toMillis(sent.deadlineNanos() - SENDER_NOW);
        assertThat(TimeUnit.NANOSECONDS.toMillis(arrived.deadlineNanos() - RECEIVER_NOW))
                .isEqualTo(Math.max(0, left));
    }

    @Property(tries = 300)
    void anOutcomeArrivesAsItWasGiven(@ForAll("outcomes") Outcome given) throws Exception {
        Outcome arrived =
                Forwards.decode(ForwardAnswer.parseFrom(Forwards.encode(given).toByteArray()));
        assertThat(arrived).usingRecursiveComparison().isEqualTo(given);
    }

    @Test
    void aReadOfNothingButDeletesArrivesAsNotFoundWithItsContext() {
        var service = new Outcome.Service("n1", ConsistencyLevel.QUORUM, 2, 7);
        var deleted = new Outcome.Read(
                List.of(new Outcome.Version(9, new byte[0], true), new Outcome.Version(8, new byte[0], true)),
                new byte[] {1, 2},
                service);
        assertThat(Forwards.decode(Forwards.encode(deleted)))
                .usingRecursiveComparison()
                .isEqualTo(new Outcome.Read(List.of(), new byte[] {1, 2}, service));
    }

    @Test
    void whatShowsFirstIsTheLiveSiblingOfTheGreatestDot() {
        var live = new Outcome.Version(8, new byte[] {5}, false);
        var read = new Outcome.Read(
                List.of(new Outcome.Version(9, new byte[0], true), live),
                new byte[0],
                new Outcome.Service("n1", ConsistencyLevel.ONE, 1, 1));
        assertThat(Answers.shown(read)).contains(live);
        var wire = Answers.encode(read, live, 0);
        assertThat(wire.getVersion()).isEqualTo(8);
        assertThat(wire.getSiblingsList()).hasSize(2);
        assertThat(wire.getSiblings(0).getDeleted()).isTrue();
    }

    @Test
    void theRingEpochIsNamedOnlyToACallerWhoseRingIsOlder() {
        var applied = new Outcome.Applied(1, new byte[0], new Outcome.Service("n1", ConsistencyLevel.ONE, 1, 7));
        assertThat(Answers.encode(applied, 0).getServedBy().getRingEpoch()).isEqualTo(7);
        assertThat(Answers.encode(applied, 6).getServedBy().getRingEpoch()).isEqualTo(7);
        assertThat(Answers.encode(applied, 7).getServedBy().getRingEpoch()).isZero();
        assertThat(Answers.encode(applied, 8).getServedBy().getRingEpoch()).isZero();
    }

    @Test
    void aForwardedRequestThatBreaksARuleIsRefusedAsNotApplied() {
        var forward = ForwardRequest.newBuilder()
                .setPut(PutRequest.newBuilder().setKey(ByteString.copyFrom(new byte[Limits.KEY_BYTES + 1])))
                .build();
        var refused = catchThrowableOfType(RefusedException.class, () -> Forwards.decode(forward, 0));
        assertThat(Forwards.refusal(refused))
                .isEqualTo(new Outcome.NotApplied(
                        Reason.KEY_TOO_LARGE, false, "key has 4097 bytes, more than the limit of 4096"));
    }

    @Test
    void aForwardedOperationOfAnUnknownKindIsRefused() {
        assertThatThrownBy(() -> Forwards.decode(ForwardRequest.getDefaultInstance(), 0))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("names no operation");
    }

    @Test
    void anAnswerOfAnUnknownKindIsUnknown() {
        assertThat(Forwards.decode(ForwardAnswer.getDefaultInstance())).isInstanceOf(Outcome.Unknown.class);
    }

    @Test
    void aFailureThatDoesNotSayNotAppliedIsUnknown() {
        var answer = ForwardAnswer.newBuilder()
                .setFailure(Failure.newBuilder().setReasonValue(777).setMessage("new trouble"))
                .build();
        assertThat(Forwards.decode(answer)).isEqualTo(new Outcome.Unknown(Reason.INTERNAL, "new trouble"));
    }

    @Provide
    Arbitrary<Command> commands() {
        var key = bytes(1, Limits.KEY_BYTES).map(Key::of);
        var level = Arbitraries.of(
                        ConsistencyLevel.LOCAL,
                        ConsistencyLevel.ONE,
                        ConsistencyLevel.EVENTUAL,
                        ConsistencyLevel.QUORUM,
                        ConsistencyLevel.ALL)
                .injectNull(0.2);
        var deadline = Arbitraries.longs().between(SENDER_NOW - 1_000_000_000L, SENDER_NOW + 60_000_000_000L);
        var id = Arbitraries.strings().withCharRange('!', '~').ofMaxLength(Limits.REQUEST_ID_CHARACTERS);
        var context = bytes(0, 200);
        return Arbitraries.oneOf(
                Combinators.combine(key, level, deadline, id)
                        .as((k, l, d, i) -> (Command) new Command.Get(k, l, d, i, false)),
                Combinators.combine(
                                key,
                                bytes(0, 5_000),
                                context,
                                Arbitraries.longs().between(0, RequestRules.TTL_MILLIS),
                                level,
                                deadline,
                                id)
                        .as((k, v, c, ttl, l, d, i) -> (Command) new Command.Put(k, v, c, ttl, l, d, i, false)),
                Combinators.combine(key, context, level, deadline, id)
                        .as((k, c, l, d, i) -> (Command) new Command.Delete(k, c, l, d, i, false)));
    }

    @Provide
    Arbitrary<Outcome> outcomes() {
        var service = Combinators.combine(
                        Arbitraries.strings().alpha().ofMaxLength(10),
                        Arbitraries.of(ConsistencyLevel.class),
                        Arbitraries.integers().between(0, 7),
                        Arbitraries.longs().greaterOrEqual(1))
                .as(Outcome.Service::new);
        var version = Combinators.combine(Arbitraries.longs(), bytes(0, 100))
                .as((v, value) -> new Outcome.Version(v, value, false));
        var siblings = Combinators.combine(version.list().ofMaxSize(4), Arbitraries.of(true, false))
                .as((list, tombstone) -> {
                    if (!tombstone || list.isEmpty()) {
                        return list;
                    }
                    var more = new java.util.ArrayList<>(list);
                    more.addFirst(new Outcome.Version(Long.MAX_VALUE, new byte[0], true));
                    return more;
                });
        var reason = Arbitraries.of(Reason.class).filter(r -> r != Reason.NOT_FOUND);
        var message = Arbitraries.strings().ofMaxLength(30).map(text -> text.replaceAll("\\p{Cs}", ""));
        return Arbitraries.oneOf(
                Combinators.combine(Arbitraries.longs(), bytes(0, 50), service)
                        .as((v, c, s) -> (Outcome) new Outcome.Applied(v, c, s)),
                Combinators.combine(siblings, bytes(0, 50), service)
                        .as((v, c, s) -> (Outcome) new Outcome.Read(v, c, s)),
                Combinators.combine(reason, Arbitraries.of(true, false), message)
                        .as((r, again, m) -> (Outcome) new Outcome.NotApplied(r, again, m)),
                Combinators.combine(reason, message).as((r, m) -> (Outcome) new Outcome.Unknown(r, m)));
    }

    private static Arbitrary<byte[]> bytes(int least, int most) {
        return Arbitraries.bytes().array(byte[].class).ofMinSize(least).ofMaxSize(most);
    }
}
