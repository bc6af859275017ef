package io.kvcluster.node.peer;

import io.kvcluster.node.seams.SimClock;
import io.kvcluster.node.seams.SimLoop;
import io.kvcluster.node.seams.SimNetwork;
import io.kvcluster.node.seams.SimTransport;
import io.kvcluster.node.seams.SimWorld;
import io.kvcluster.node.seams.Transport;
import io.kvcluster.proto.peer.PeerFrame;
import io.kvcluster.proto.peer.PeerMessage;
import io.kvcluster.proto.peer.PeerStatus;
import io.kvcluster.proto.peer.ReadAnswer;
import io.kvcluster.proto.peer.ReadRequest;
import io.kvcluster.proto.ring.RingTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Peer rooms of a whole cluster on virtual time, as a language for tests. */
final class PeerCluster {
    final SimWorld world;
    final SimNetwork<PeerFrame> network;
    final Map<String, Node> nodes = new LinkedHashMap<>();
    PeerConfig config = PeerConfig.defaults();

    PeerCluster(long seed) {
        world = new SimWorld(seed);
        network = new SimNetwork<>(world);
    }

    /** Nodes a, b, c ...: their storeIds are in the order of their names. */
    PeerCluster start(String... names) {
        for (String name : names) {
            startNode(name, name, 1);
        }
        linkAll();
        return this;
    }

    Node startNode(String name, String address, int incarnation) {
        Node node = new Node(name, address, incarnation);
        nodes.put(name, node);
        return node;
    }

    /** Everybody is told of everybody. */
    void linkAll() {
        List<PeerTarget> targets = nodes.values().stream()
                .map(node -> new PeerTarget(node.storeId, node.name, List.of(node.address), 1))
                .toList();
        nodes.values().forEach(node -> node.room.targets(targets));
    }

    PeerCluster settled() {
        world.runUntil(
                "all are linked",
                10_000,
                () -> nodes.values().stream()
                        .allMatch(node ->
                                nodes.values().stream().allMatch(other -> other == node || node.isLinkedWith(other))));
        world.runForMillis(100);
        return this;
    }

    Node get(String name) {
        return nodes.get(name);
    }

    void kill(String name) {
        Node node = nodes.remove(name);
        network.kill(node.address);
        node.peerLoop.kill();
        node.askers.forEach(SimLoop::kill);
    }

    /** Nobody hears of it: links with it stay half open. */
    void losePower(String name) {
        Node node = nodes.remove(name);
        network.vanish(node.address);
        node.peerLoop.kill();
        node.askers.forEach(SimLoop::kill);
    }

    static PeerMessage.Builder read(String key) {
        return PeerMessage.newBuilder()
                .setReadRequest(ReadRequest.newBuilder().setKey(com.google.protobuf.ByteString.copyFromUtf8(key)));
    }

    static String storeIdOf(String name) {
        return "%016x".formatted((long) name.charAt(0));
    }

    /** One node: answers each read with its key as the record. */
    final class Node implements LocalStore, RingExchange, HlcObserver, PeerRequestHandler {
        final String name;
        final String storeId;
        final String address;
        final SimClock clock = new SimClock(world);
        final SimLoop peerLoop;
        final List<SimLoop> askers;
        final SimLoop io;
        final SimTransport<PeerFrame> transport;
        final Tap tap;
        final PeerNetwork room;

        int incarnation;
        long durableLsn = 100;
        /** Something becomes durable between any two looks. */
        boolean busy;

        String clusterId = "cluster-1";
        RingTable ring;
        final List<String> offeredRings = new ArrayList<>();
        final List<String> observedRings = new ArrayList<>();
        final List<PeerMessage> requests = new ArrayList<>();
        final List<Integer> requestBatches = new ArrayList<>();
        boolean answering = true;

        Node(String name, String address, int incarnation) {
            this.name = name;
            this.storeId = storeIdOf(name);
            this.address = address;
            this.incarnation = incarnation;
            this.peerLoop = new SimLoop(world, name + "-peers", 1_000);
            this.askers =
                    List.of(new SimLoop(world, name + "-core-0", 1_000), new SimLoop(world, name + "-core-1", 1_000));
            this.io = new SimLoop(world, name + "-io", 10_000);
            this.transport = network.join(address, io::post);
            this.tap = new Tap(transport);
            this.room = new PeerNetwork(
                    config,
                    new PeerWiring(
                            this,
                            this,
                            this,
                            tap,
                            clock,
                            world.newRandom(name + incarnation),
                            peerLoop,
                            List.copyOf(askers)));
            room.start(this);
        }

        /** As by a signal: nothing of it runs, what the network brings waits. */
        void pause() {
            loops().forEach(SimLoop::pause);
        }

        void resume() {
            loops().forEach(SimLoop::resume);
        }

        private List<SimLoop> loops() {
            return List.of(peerLoop, askers.get(0), askers.get(1), io);
        }

        Asked ask(String peer, PeerMessage.Builder request, int loop, long withinMillis) {
            Asked asked = new Asked(askers.get(loop));
            askers.get(loop)
                    .post(() -> room.ask(
                            storeIdOf(peer),
                            request,
                            askers.get(loop),
                            world.nanos() + withinMillis * 1_000_000,
                            asked));
            return asked;
        }

        Asked ask(String peer, String key) {
            return ask(peer, read(key), 0, 1_000);
        }

        PeerReport report(String peer) {
            return room.reports().stream()
                    .filter(report -> report.storeId().equals(storeIdOf(peer)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(name + " does not know " + peer));
        }

        boolean isLinkedWith(Node other) {
            return room.reports().stream()
                    .anyMatch(report -> report.storeId().equals(other.storeId)
                            && !report.address().isEmpty());
        }

        @Override
        public void handle(String fromStoreId, List<PeerMessage> batch, Responder responder) {
            requests.addAll(batch);
            requestBatches.add(batch.size());
            for (PeerMessage request : batch) {
                if (answering && request.getId() != 0) {
                    askers.get(0).post(() -> responder.answer(answerTo(request)));
                }
            }
        }

        @Override
        public long current() {
            return clock.wallMillis() << 16;
        }

        @Override
        public boolean tryObserve(long hlc) {
            return (hlc >>> 16) <= clock.wallMillis() + 2_000;
        }

        @Override
        public RingTable table() {
            return ring;
        }

        @Override
        public void offered(String fromStoreId, RingTable table) {
            offeredRings.add(fromStoreId + "@" + table.getEpoch());
            if (ring == null || table.getEpoch() > ring.getEpoch()) {
                ring = table;
            }
        }

        @Override
        public void observed(String from, long epoch, String hash) {
            observedRings.add(from + "@" + epoch + "#" + hash);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String storeId() {
            return storeId;
        }

        @Override
        public int incarnation() {
            return incarnation;
        }

        @Override
        public String clusterId() {
            return clusterId;
        }

        @Override
        public String address() {
            return address;
        }

        @Override
        public long durableLsn() {
            durableLsn += busy ? 1 : 0;
            return durableLsn;
        }

        @Override
        public boolean ready() {
            return true;
        }
    }

    static PeerMessage.Builder answerTo(PeerMessage request) {
        return PeerMessage.newBuilder()
                .setId(request.getId())
                .setReadAnswer(ReadAnswer.newBuilder()
                        .setStatus(PeerStatus.OK)
                        .setRecord(request.getReadRequest().getKey()));
    }

    /** Hears one outcome, and counts how often. */
    static final class Asked implements AnswerListener {
        private final SimLoop loop;
        final List<String> heard = new ArrayList<>();

        Asked(SimLoop loop) {
            this.loop = loop;
        }

        @Override
        public void answered(PeerMessage answer) {
            add(
                    answer.getReadAnswer().getStatus() == PeerStatus.OK
                            ? answer.getReadAnswer().getRecord().toStringUtf8()
                            : answer.getReadAnswer().getStatus().name());
        }

        @Override
        public void failed(PeerFailure why) {
            add(why.name());
        }

        private void add(String outcome) {
            if (!loop.isCurrent()) {
                throw new AssertionError("heard on another loop than the one that asked");
            }
            heard.add(outcome);
        }
    }

    /** Counts frames and can end links, between a room and its transport. */
    static final class Tap implements Transport<PeerFrame> {
        private final Transport<PeerFrame> real;
        final List<PeerFrame> sent = new ArrayList<>();
        final List<String> dialled = new ArrayList<>();

        Tap(Transport<PeerFrame> real) {
            this.real = real;
        }

        @Override
        public Link<PeerFrame> connect(String address, boolean bulk, Listener<PeerFrame> listener) {
            dialled.add(address + (bulk ? "/bulk" : ""));
            return real.connect(address, bulk, new Heard(listener));
        }

        @Override
        public void accept(Acceptor<PeerFrame> acceptor) {
            real.accept(link -> new Heard(acceptor.accepted(new Sent(link))));
        }

        /** Frames with messages other than heartbeats and rings. */
        List<PeerFrame> dataFrames() {
            return sent.stream()
                    .filter(frame -> frame.getMessagesList().stream()
                            .anyMatch(message -> !message.hasHeartbeat() && !message.hasRingUpdate()))
                    .toList();
        }

        private final class Heard implements Listener<PeerFrame> {
            private final Listener<PeerFrame> owner;

            Heard(Listener<PeerFrame> owner) {
                this.owner = owner;
            }

            @Override
            public void opened(Link<PeerFrame> link) {
                owner.opened(new Sent(link));
            }

            @Override
            public void received(PeerFrame frame) {
                owner.received(frame);
            }

            @Override
            public void ready() {
                owner.ready();
            }

            @Override
            public void closed(String why) {
                owner.closed(why);
            }
        }

        private final class Sent implements Link<PeerFrame> {
            private final Link<PeerFrame> link;

            Sent(Link<PeerFrame> link) {
                this.link = link;
            }

            @Override
            public boolean isReady() {
                return link.isReady();
            }

            @Override
            public void send(PeerFrame frame) {
                if (!link.isReady()) {
                    throw new AssertionError("sent into a link that was not ready");
                }
                sent.add(frame);
                link.send(frame);
            }

            @Override
            public void wake() {
                link.wake();
            }

            @Override
            public void close(String why) {
                link.close(why);
            }

            @Override
            public String remoteAddress() {
                return link.remoteAddress();
            }
        }
    }
}
