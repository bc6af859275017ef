package io.kvcluster.node.membership;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kvcluster.node.peer.PeerTarget;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.ring.Ring;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where members are reached: the operator's hints (newer than DNS, no part of the ring), then the addresses of the ring.
 * Hints are kept on disk, so that a cluster that comes up without operator and DNS finds itself. Owned by one loop.
 */
public final class AddressBook {
    private static final Logger log = LoggerFactory.getLogger(AddressBook.class);
    public static final String FILE = "peers.json";
    /** As many as a ring may have members. */
    static final int HINTS = 1_024;

    private static final int FILE_BYTES = 512 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String ownStoreId;
    private final Loop loop;
    private final DurableFile file;
    private final Consumer<List<PeerTarget>> targets;
    private final Map<String, String> hints = new TreeMap<>();
    private @Nullable Ring ring;
    private volatile String ownAddress = "";

    /** @param targets hears, on {@code loop}, whom to keep links with, whenever that changes */
    public AddressBook(String ownStoreId, Disk disk, Loop loop, Consumer<List<PeerTarget>> targets) {
        this.ownStoreId = ownStoreId;
        this.loop = loop;
        this.file = new DurableFile(disk, FILE, FILE_BYTES);
        this.targets = targets;
    }

    /** Reads the kept hints. Before the first ring is heard. A damaged file costs only the hints, and is said. */
    public void open() {
        try {
            if (file.exists()) {
                Map<String, String> kept = JSON.readValue(file.read(), new TypeReference<Map<String, String>>() {});
                loop.post(() -> {
                    hints.putAll(kept);
                    ownAddress = hints.getOrDefault(ownStoreId, "");
                });
            }
        } catch (IOException damaged) {
            log.warn("{} is ignored: {}", FILE, damaged.getMessage());
        }
    }

    /** On the loop: the ring in use. */
    public void adopted(Ring now) {
        ring = now;
        // Hints for stores that left are of no use. Not earlier: hints come before the ring that names their stores.
        if (hints.keySet().removeIf(storeId -> now.member(storeId).isEmpty())) {
            keep();
        }
        tell();
    }

    /** Newer hints, by storeId; what they do not name stays. Any thread. */
    public void hint(Map<String, String> newer) {
        Map<String, String> copy = Map.copyOf(newer);
        loop.post(() -> {
            Map<String, String> before = new TreeMap<>(hints);
            hints.putAll(copy);
            while (hints.size() > HINTS) {
                hints.remove(hints.keySet().iterator().next());
            }
            if (!hints.equals(before)) {
                ownAddress = hints.getOrDefault(ownStoreId, "");
                keep();
                tell();
            }
        });
    }

    /** Where the operator said last that this store is reached; empty when it said nothing. Any thread. */
    public String ownAddress() {
        return ownAddress;
    }

    private void keep() {
        try {
            file.replace(JSON.writeValueAsString(hints));
        } catch (JsonProcessingException bug) {
            throw new IllegalStateException(bug);
        } catch (IOException failed) {
            log.warn("{} could not be kept: {}", FILE, failed.getMessage());
        }
    }

    private void tell() {
        Ring now = ring;
        if (now == null) {
            return;
        }
        targets.accept(now.members().stream()
                .filter(member -> !member.getStoreId().equals(ownStoreId))
                .map(this::target)
                .toList());
    }

    private PeerTarget target(Member member) {
        List<String> addresses = new ArrayList<>();
        String hint = hints.get(member.getStoreId());
        if (hint != null) {
            addresses.add(hint);
        }
        if (!addresses.contains(member.getAddress())) {
            addresses.add(member.getAddress());
        }
        return new PeerTarget(member.getStoreId(), member.getName(), addresses, member.getIncarnation());
    }
}
