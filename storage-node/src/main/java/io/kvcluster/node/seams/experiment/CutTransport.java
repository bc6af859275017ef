package io.kvcluster.node.seams.experiment;

import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.Transport;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * A network that may lose or slow down what goes between this node and some peers. As with TCP, nothing on a link is lost
 * while it stands: what is cut off waits, and arrives late when the cut heals before either end has given the link up. Links that are
 * opened meanwhile hang until the dialler's patience ends.
 */
final class CutTransport<F> implements Transport<F> {
    /** As long as the real transport tries. */
    private static final long CONNECT_TIMEOUT_NANOS = 2_000_000_000L;

    private final Transport<F> real;
    private final Supplier<Faults> faults;
    private final Clock clock;
    private final Loop loop;
    private final ToIntFunction<F> size;

    // Owned by the loop.
    private final Set<CutLink<F>> links = new LinkedHashSet<>();

    CutTransport(Transport<F> real, Supplier<Faults> faults, Clock clock, Loop loop, ToIntFunction<F> size) {
        this.real = real;
        this.faults = faults;
        this.clock = clock;
        this.loop = loop;
        this.size = size;
    }

    @Override
    public Link<F> connect(String address, boolean bulk, Listener<F> listener) {
        String host = hostOf(address);
        if (faults.get().separates(host)) {
            Unanswered<F> never = new Unanswered<>(loop, address, listener);
            loop.post(() -> loop.after(CONNECT_TIMEOUT_NANOS, () -> never.end(address + ": connection timed out")));
            return never;
        }
        CutLink<F> link = new CutLink<>(this, host);
        link.heardBy(listener);
        remember(link);
        link.over(real.connect(address, bulk, link));
        return link;
    }

    @Override
    public void accept(Acceptor<F> acceptor) {
        real.accept(incoming -> {
            String host = hostOf(incoming.remoteAddress());
            CutLink<F> link = new CutLink<>(this, host);
            link.over(incoming);
            remember(link);
            if (faults.get().separates(host)) {
                link.ignore();
            } else {
                link.heardBy(acceptor.accepted(link));
            }
            return link;
        });
    }

    /** Any thread. */
    void faultsChanged() {
        loop.post(() -> new ArrayList<>(links).forEach(CutLink::faultsChanged));
    }

    private void remember(CutLink<F> link) {
        loop.post(() -> links.add(link));
    }

    void forget(CutLink<F> link) {
        loop.post(() -> links.remove(link));
    }

    Faults faults() {
        return faults.get();
    }

    long nanos() {
        return clock.nanos();
    }

    Loop loop() {
        return loop;
    }

    int sizeOf(F frame) {
        return size.applyAsInt(frame);
    }

    /** Of host, host:port, or [v6]:port. */
    static String hostOf(String address) {
        int colon = address.lastIndexOf(':');
        boolean port = colon > 0 && address.indexOf(':') == colon || address.startsWith("[");
        String host = port && colon > address.lastIndexOf(']') ? address.substring(0, colon) : address;
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
