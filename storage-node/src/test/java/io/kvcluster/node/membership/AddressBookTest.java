package io.kvcluster.node.membership;

import static io.kvcluster.node.membership.TestRings.first;
import static io.kvcluster.node.membership.TestRings.storeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.peer.PeerTarget;
import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.SimLoop;
import io.kvcluster.node.seams.SimWorld;
import io.kvcluster.ring.Ring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressBookTest {
    @TempDir
    Path directory;

    private final SimWorld world = new SimWorld(1);
    private final SimLoop loop = new SimLoop(world, "keeper", 100);
    private final List<List<PeerTarget>> told = new ArrayList<>();
    private AddressBook book;

    @BeforeEach
    void open() throws IOException {
        book = new AddressBook(storeId("a"), new FileDisk(directory), loop, told::add);
        book.open();
        world.runForMillis(1);
    }

    private void adopt(String... names) {
        loop.post(() -> book.adopted(Ring.require(first(names))));
        world.runForMillis(1);
    }

    private void hint(Map<String, String> hints) {
        book.hint(hints);
        world.runForMillis(1);
    }

    private List<String> addressesOf(String name) {
        return told.getLast().stream()
                .filter(target -> target.storeId().equals(storeId(name)))
                .findFirst()
                .orElseThrow()
                .addresses();
    }

    @Test
    void withoutHintsMembersAreReachedAsTheRingSays() {
        adopt("a", "b", "c");
        assertThat(told.getLast()).extracting(PeerTarget::name).containsExactly("b", "c");
        assertThat(addressesOf("b")).containsExactly("b.demo-nodes.default.svc");
    }

    @Test
    void hintsComeFirstAndTheRingsAddressStays() {
        hint(Map.of(storeId("b"), "127.0.0.2"));
        assertThat(told).as("no ring, nobody to link with").isEmpty();
        adopt("a", "b", "c");
        assertThat(addressesOf("b")).containsExactly("127.0.0.2", "b.demo-nodes.default.svc");
        hint(Map.of(storeId("b"), "127.0.0.9"));
        assertThat(addressesOf("b")).containsExactly("127.0.0.9", "b.demo-nodes.default.svc");
        int before = told.size();
        hint(Map.of(storeId("b"), "127.0.0.9"));
        assertThat(told).as("nothing new is not told").hasSize(before);
    }

    @Test
    void hintsSurviveARestart() throws IOException {
        adopt("a", "b", "c");
        hint(Map.of(storeId("b"), "127.0.0.2"));
        open();
        adopt("a", "b", "c");
        assertThat(addressesOf("b")).startsWith("127.0.0.2");
    }

    @Test
    void theOwnAddressIsTheLastHintForThisStoreAlsoAfterARestart() throws IOException {
        assertThat(book.ownAddress()).isEmpty();
        hint(Map.of(storeId("a"), "127.0.0.1"));
        hint(Map.of(storeId("a"), "127.0.0.7", storeId("b"), "127.0.0.2"));
        assertThat(book.ownAddress()).isEqualTo("127.0.0.7");
        open();
        assertThat(book.ownAddress()).isEqualTo("127.0.0.7");
    }

    @Test
    void hintsOfStoresThatLeftAreForgotten() throws IOException {
        adopt("a", "b", "c");
        hint(Map.of(storeId("z"), "127.0.0.26", storeId("b"), "127.0.0.2"));
        assertThat(Files.readString(directory.resolve("peers.json"))).contains("127.0.0.26");
        adopt("a", "b", "c");
        assertThat(Files.readString(directory.resolve("peers.json")))
                .doesNotContain("127.0.0.26")
                .contains("127.0.0.2");
    }

    @Test
    void hintsAreBounded() throws IOException {
        for (int round = 0; round < 3; round++) {
            Map<String, String> many = new HashMap<>();
            for (int i = 0; i < 1_000; i++) {
                many.put("%016x".formatted(round * 1_000 + i), "127.0.0.1");
            }
            hint(many);
        }
        long kept = Files.readString(directory.resolve("peers.json"))
                        .chars()
                        .filter(c -> c == ',')
                        .count()
                + 1;
        assertThat(kept).isEqualTo(AddressBook.HINTS);
    }

    @Test
    void aDamagedFileCostsOnlyTheHints() throws IOException {
        Files.writeString(directory.resolve("peers.json"), "{\"half");
        open();
        adopt("a", "b", "c");
        assertThat(addressesOf("b")).containsExactly("b.demo-nodes.default.svc");
        hint(Map.of(storeId("b"), "127.0.0.2"));
        assertThat(addressesOf("b")).startsWith("127.0.0.2");
    }
}
