package io.kvcluster.node.rpc;

import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.wire.Refusal;
import io.kvcluster.node.wire.RefusedException;
import io.kvcluster.node.wire.RequestRules;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** A request's body: read once, never further than its limit, and only as long as the client keeps sending. Owned by one request's thread. */
final class HttpBody {
    private static final int SLICE = 64 * 1024;
    private static final int DISCARD = 2 * RpcLimits.BODY_BYTES;

    private final boolean present;
    private final OptionalLong declaredLength;
    private final Supplier<InputStream> stream;
    private final Admission admission;
    private final Clock clock;
    private final Duration timeout;
    private long taken;
    private boolean finished;

    HttpBody(
            boolean present,
            OptionalLong declaredLength,
            Supplier<InputStream> stream,
            Admission admission,
            Clock clock,
            Duration timeout) {
        this.present = present;
        this.declaredLength = declaredLength;
        this.stream = stream;
        this.admission = admission;
        this.clock = clock;
        this.timeout = timeout;
        this.finished = !present;
    }

    /** Bytes taken from {@link Admission}, to be given back when the request ends. */
    long taken() {
        return taken;
    }

    /** False when the client may still be sending: the connection cannot be used again. */
    boolean finished() {
        return finished;
    }

    /** For endpoints that take none. */
    void refuseAny(String method) {
        if (present) {
            throw new Refusal(Reason.INVALID_BODY, "body", "", "no body", method + " takes no body here").refused();
        }
    }

    /**
     * All of it.
     *
     * @param tooLarge makes the refusal from the bytes known so far
     * @throws RefusedException over the limit (before reading, when the length is declared), too slow, cut off, or no room
     */
    byte[] read(int limit, LongFunction<RefusedException> tooLarge) {
        if (declaredLength.orElse(0) > limit) {
            throw tooLarge.apply(declaredLength.getAsLong());
        }
        if (!present) {
            return new byte[0];
        }
        if (declaredLength.isEmpty()) {
            // One chunk is gathered by the transport before its size is known here.
            take(limit);
        }
        try {
            byte[] body = slices(stream.get(), limit, tooLarge);
            finished = true;
            return body;
        } catch (IOException cutOff) {
            throw incomplete("ended before its declared length, or its chunks are malformed");
        }
    }

    private byte[] slices(InputStream in, int limit, LongFunction<RefusedException> tooLarge) throws IOException {
        long deadline = clock.nanos() + timeout.toNanos();
        byte[] body = new byte[0];
        int length = 0;
        while (true) {
            if (length == body.length) {
                int grown = (int) Math.min((long) limit + 1, Math.max(length * 2L, declaredLength.orElse(SLICE) + 1));
                if (declaredLength.isPresent()) {
                    take(grown - length);
                }
                body = Arrays.copyOf(body, grown);
            }
            int read = slice(in, body, length, tooLarge);
            if (read < 0) {
                return length == body.length ? body : Arrays.copyOf(body, length);
            }
            length += read;
            if (length > limit) {
                throw tooLarge.apply(length);
            }
            if (clock.nanos() - deadline > 0) {
                throw incomplete("did not arrive within " + timeout.toMillis() + " ms");
            }
        }
    }

    /** Reads a bounded rest of a body that was refused, and forgets it. */
    void discard() {
        long deadline = clock.nanos() + timeout.toNanos();
        byte[] slice = new byte[SLICE];
        try {
            InputStream in = stream.get();
            for (long left = DISCARD; left > 0 && clock.nanos() - deadline < 0; left -= SLICE) {
                if (in.readNBytes(slice, 0, SLICE) < SLICE) {
                    finished = true;
                    return;
                }
            }
        } catch (IOException | RuntimeException broken) {
            // Whatever is wrong with the rest, the answer is decided and the connection will be closed.
            finished = false;
        }
    }

    static RefusedException tooLarge(long length) {
        return RequestRules.tooMany(Reason.BODY_TOO_LARGE, "body", length, "bytes", RpcLimits.BODY_BYTES);
    }

    /** Helidon tells a connection that ended, and malformed chunks, by unchecked exceptions of many types. */
    private static int slice(InputStream in, byte[] body, int length, LongFunction<RefusedException> tooLarge)
            throws IOException {
        try {
            return in.read(body, length, Math.min(SLICE, body.length - length));
        } catch (RequestException refused) {
            if (refused.status().code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
                throw tooLarge.apply(RpcLimits.BODY_BYTES + 1L);
            }
            throw new IOException(refused);
        } catch (RuntimeException malformed) {
            throw new IOException(malformed);
        }
    }

    private void take(int bytes) {
        if (!admission.take(bytes)) {
            throw new Refusal(
                            Reason.OVERLOADED,
                            "",
                            "",
                            "",
                            "this node has as many bytes of requests under way as it takes; nothing was applied, try again later")
                    .refused();
        }
        taken += bytes;
    }

    private static RefusedException incomplete(String what) {
        return new Refusal(Reason.INVALID_BODY, "body", "", "", "the body " + what + "; nothing was applied").refused();
    }
}
