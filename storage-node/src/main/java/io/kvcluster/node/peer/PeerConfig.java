package io.kvcluster.node.peer;

import io.kvcluster.node.command.Limits;
import java.time.Duration;

/**
 * Times and bounds of the peer links.
 *
 * @param heartbeat between two heartbeats on the foreground lane
 * @param suspectAfter without a frame heard: DOWN
 * @param silentAfter without a frame heard: the link is half open and gets closed
 * @param helloTimeout from the start of a link to the end of both Hellos
 * @param backoffMin first wait before dialling again; doubles up to {@code backoffMax}, half of it by chance
 * @param frameBytes aim for a foreground frame; a larger message travels alone, up to {@link Limits#PEER_FRAME_BYTES}
 * @param bulkFrameBytes bound of a bulk frame and of a message in it
 * @param queueMessages requests waiting for one link, {@code queueBytes} their size; with answers up to thrice that
 * @param asksPerLoop questions of one loop that wait for an answer
 */
public record PeerConfig(
        Duration heartbeat,
        Duration suspectAfter,
        Duration silentAfter,
        Duration helloTimeout,
        Duration backoffMin,
        Duration backoffMax,
        int frameBytes,
        int bulkFrameBytes,
        int queueMessages,
        int queueBytes,
        int asksPerLoop) {
    public PeerConfig {
        require(heartbeat.compareTo(Duration.ZERO) > 0, "heartbeat must be positive: " + heartbeat);
        require(suspectAfter.compareTo(heartbeat) > 0, "suspectAfter must be longer than heartbeat: " + suspectAfter);
        require(silentAfter.compareTo(heartbeat) > 0, "silentAfter must be longer than heartbeat: " + silentAfter);
        require(helloTimeout.compareTo(Duration.ZERO) > 0, "helloTimeout must be positive: " + helloTimeout);
        require(backoffMin.compareTo(Duration.ZERO) > 0, "backoffMin must be positive: " + backoffMin);
        require(backoffMax.compareTo(backoffMin) >= 0, "backoffMax must not be below backoffMin: " + backoffMax);
        require(frameBytes > 0 && frameBytes <= Limits.PEER_FRAME_BYTES, "frameBytes out of range: " + frameBytes);
        require(bulkFrameBytes > 0 && bulkFrameBytes <= frameBytes, "bulkFrameBytes out of range: " + bulkFrameBytes);
        require(queueMessages > 0, "queueMessages must be positive: " + queueMessages);
        require(queueBytes > 0, "queueBytes must be positive: " + queueBytes);
        require(asksPerLoop > 0 && asksPerLoop <= 1 << 20, "asksPerLoop must be 1..1048576: " + asksPerLoop);
    }

    public static PeerConfig defaults() {
        return new PeerConfig(
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                Duration.ofSeconds(4),
                Duration.ofSeconds(3),
                Duration.ofMillis(50),
                Duration.ofSeconds(2),
                1024 * 1024,
                64 * 1024,
                Limits.PEER_QUEUE_MESSAGES,
                Limits.PEER_QUEUE_BYTES,
                65_536);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
