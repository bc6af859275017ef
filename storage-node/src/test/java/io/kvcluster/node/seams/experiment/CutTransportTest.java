package io.kvcluster.node.seams.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.seams.SimClock;
import io.kvcluster.node.seams.SimLoop;
import io.kvcluster.node.seams.SimNetwork;
import io.kvcluster.node.seams.SimWorld;
import io.kvcluster.node.seams.Transport;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Node a is in an experiment, node b is not; frames are words. */
class CutTransportTest {
    private final SimWorld world = new SimWorld(7);
    private final SimNetwork<String> network = new SimNetwork<>(world);
    private final Transport<String> plain = network.join("b");
    private Faults faults = Faults.NONE;
    private final CutTransport<String> cut = new CutTransport<>(
            network.join("a"), () -> faults, new SimClock(world), new SimLoop(world, "experiment", 64), String::length);

    /** One end of a link, with what it heard. */
    private static final class End implements Transport.Listener<String> {
        private final List<String> heard = new ArrayList<>();
        private final ArrayDeque<String> toSend = new ArrayDeque<>();
        private Transport.Link<String> link;
        private String ended = "";

        void say(String word) {
            toSend.add(word);
            link.wake();
        }

        @Override
        public void opened(Transport.Link<String> opened) {
            link = opened;
        }

        @Override
        public void received(String word) {
            assertThat(ended).isEmpty();
            heard.add(word);
        }

        @Override
        public void ready() {
            while (link.isReady() && !toSend.isEmpty()) {
                link.send(toSend.poll());
            }
        }

        @Override
        public void closed(String why) {
            assertThat(ended).isEmpty();
            ended = why;
        }

        boolean isOpen() {
            return link != null && ended.isEmpty();
        }
    }

    private final End a = new End();
    private final End b = new End();

    private void linkFromAToB() {
        plain.accept(link -> b);
        cut.connect("b", false, a);
        world.runForMillis(10);
        assertThat(a.isOpen() && b.isOpen()).isTrue();
    }

    private void linkFromBToA() {
        cut.accept(link -> a);
        plain.connect("a", false, b);
        world.runForMillis(10);
        assertThat(a.isOpen() && b.isOpen()).isTrue();
    }

    private void suffer(String text) {
        faults = Faults.parse(text);
        cut.faultsChanged();
        world.runForMillis(10);
    }

    private void bothSay(String word) {
        a.say(word);
        b.say(word);
        world.runForMillis(20);
    }

    @Test
    void withoutFaultsEverythingPassesBothWays() {
        linkFromAToB();
        bothSay("one");
        assertThat(a.heard).containsExactly("one");
        assertThat(b.heard).containsExactly("one");
        a.link.close("done");
        world.runForMillis(10);
        assertThat(List.of(a.ended, b.ended)).containsExactly("done", "done");
    }

    @Test
    void aCutHoldsBothWaysAndWhatWaitedArrivesInOrderWhenItHealsInTime() {
        linkFromBToA();
        bothSay("one");
        suffer("peers.cut=both");
        bothSay("two");
        bothSay("three");
        world.runForMillis(3_000);
        assertThat(a.heard).containsExactly("one");
        assertThat(b.heard).containsExactly("one");

        suffer("");
        bothSay("four");
        assertThat(a.heard).containsExactly("one", "two", "three", "four");
        assertThat(b.heard).containsExactly("one", "two", "three", "four");
    }

    @Test
    void aOneWayCutLetsTheOtherWayThrough() {
        linkFromAToB();
        suffer("peers.cut=to");
        bothSay("x");
        assertThat(a.heard).containsExactly("x");
        assertThat(b.heard).isEmpty();

        suffer("peers.cut=from");
        bothSay("y");
        assertThat(a.heard).containsExactly("x");
        assertThat(b.heard).containsExactly("x", "y");
    }

    @Test
    void anEndDoesNotGetThroughACut() {
        linkFromAToB();
        suffer("peers.cut=both");
        a.link.close("silent");
        world.runForMillis(500);
        assertThat(a.ended).isEqualTo("silent");
        assertThat(b.isOpen()).isTrue();
        suffer("");
        assertThat(b.isOpen()).isFalse();
    }

    @Test
    void theOtherSidesEndIsHeardAfterTheCutOrNotAtAllWhenThisSideGaveUpBefore() {
        linkFromAToB();
        suffer("peers.cut=from");
        b.link.close("silent");
        world.runForMillis(500);
        assertThat(a.isOpen()).isTrue();
        a.link.close("silent too");
        world.runForMillis(10);
        assertThat(a.ended).isEqualTo("silent too");

        suffer("");
        End again = new End();
        cut.connect("b", false, again);
        world.runForMillis(10);
        suffer("peers.cut=from");
        b.ended = "";
        b.link.close("silent");
        world.runForMillis(500);
        assertThat(again.isOpen()).isTrue();
        suffer("");
        assertThat(again.ended).isNotEmpty();
    }

    @Test
    void whoIsDialledThroughACutHearsNothingAndWhoDialsTimesOut() {
        plain.accept(link -> b);
        suffer("peers.cut=to");
        cut.connect("b:50052", false, a);
        world.runForMillis(1_900);
        assertThat(a.ended).isEmpty();
        world.runForMillis(200);
        assertThat(a.ended).contains("timed out");
        assertThat(b.link).isNull();
    }

    @Test
    void aLinkThatComesInWhileCutOffIsIgnoredUntilTheCutHeals() {
        cut.accept(link -> {
            throw new AssertionError("heard of a link through a cut");
        });
        suffer("peers.cut=both");
        plain.connect("a", false, b);
        world.runForMillis(1_000);
        b.say("hello?");
        world.runForMillis(1_000);
        assertThat(b.heard).isEmpty();
        assertThat(b.isOpen()).isTrue();
        suffer("");
        assertThat(b.isOpen()).isFalse();
    }

    @Test
    void onASlowLinkEachFrameIsLateAndTheOrderStays() {
        linkFromAToB();
        suffer("peers.delay-millis=100");
        IntStream.range(0, 50).forEach(i -> a.say("w" + i));
        world.runForMillis(95);
        assertThat(b.heard).isEmpty();
        world.runForMillis(50);
        assertThat(b.heard)
                .containsExactlyElementsOf(
                        IntStream.range(0, 50).mapToObj(i -> "w" + i).toList());
        b.say("back");
        world.runForMillis(95);
        assertThat(a.heard).isEmpty();
        world.runForMillis(20);
        assertThat(a.heard).containsExactly("back");
    }

    @Test
    void whatWaitsIsBoundedBecauseTheLinkIsNotReady() {
        linkFromAToB();
        suffer("peers.cut=to");
        String large = "x".repeat(100_000);
        IntStream.range(0, 100).forEach(i -> a.toSend.add(large));
        a.link.wake();
        world.runForMillis(100);
        assertThat(a.toSend).hasSizeBetween(90, 96);
        assertThat(a.link.isReady()).isFalse();
        suffer("");
        world.runForMillis(1_000);
        assertThat(b.heard).hasSize(100);
    }

    @Test
    void onlyTheNamedHostsAreConcerned() {
        linkFromAToB();
        suffer("peers.cut=both\npeers.hosts=c,d");
        bothSay("one");
        assertThat(a.heard).containsExactly("one");
        assertThat(b.heard).containsExactly("one");
    }

    @Test
    void theHostOfAnAddressIsWithoutItsPort() {
        assertThat(List.of("h", "h:1", "127.0.0.1:50052", "[::1]:50052", "[::1]", "::1"))
                .map(CutTransport::hostOf)
                .containsExactly("h", "h", "127.0.0.1", "::1", "::1", "::1");
    }
}
