package io.kvcluster.node.seams;

/**
 * Ordered, flow-controlled links between nodes that carry frames of type F. Frames of one link arrive in order or the link
 * breaks; nothing is ever re-sent by the transport. Listener calls of one link come one at a time, on the transport's threads.
 */
public interface Transport<F> {
    /**
     * Starts to connect; the listener hears {@code opened} or {@code closed}, perhaps before this returns. {@code address}:
     * host, or host:port when the port is not the common one; {@code bulk} selects the second lane.
     */
    Link<F> connect(String address, boolean bulk, Listener<F> listener);

    /** Gives each incoming link to the acceptor, which answers with its listener. Called once; links that come earlier are refused. */
    void accept(Acceptor<F> acceptor);

    interface Acceptor<F> {
        Listener<F> accepted(Link<F> link);
    }

    interface Link<F> {
        /** False while the transport's own buffer is full; {@code ready} tells when that ends. Any thread. */
        boolean isReady();

        /** Hands over a frame. Never blocks. Only within a call of the link's listener. */
        void send(F frame);

        /** Asks for a call of {@code ready} soon, on the transport's thread: the way to send from elsewhere. Any thread. */
        void wake();

        /** Ends the link; both sides hear {@code closed}, the one that accepted it perhaps without the reason. Any thread. */
        void close(String why);

        /** Where the other side is, as {@link #connect} would take it; of an accepted link on the common port. */
        String remoteAddress();

        /** The same for somebody elsewhere, who may not be able to resolve the name that was dialled. */
        default String presentAddress() {
            return remoteAddress();
        }
    }

    interface Listener<F> {
        /** First call, unless the link never opened. */
        void opened(Link<F> link);

        void received(F frame);

        /** The link can take frames again, or {@code wake} was called. May come without need. */
        void ready();

        /** Last call. */
        void closed(String why);
    }
}
