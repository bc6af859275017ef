package io.kvcluster.node.membership;

import static io.kvcluster.node.membership.TestRings.first;
import static io.kvcluster.node.membership.TestRings.next;
import static io.kvcluster.node.membership.TestRings.storeId;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.SimLoop;
import io.kvcluster.node.seams.SimWorld;
import io.kvcluster.ring.RingJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountedRingTest {
    @TempDir
    Path directory;

    private final SimWorld world = new SimWorld(1);
    private final SimLoop loop = new SimLoop(world, "keeper", 100);
    private RingKeeper keeper;
    private Optional<String> text = Optional.empty();
    private boolean unreadable;
    private int reads;

    @BeforeEach
    void start() throws IOException {
        keeper = new RingKeeper(new TestIdentity(storeId("a")), new FileDisk(directory), loop);
        new MountedRing(
                        () -> {
                            reads++;
                            if (unreadable) {
                                throw new IOException("permission denied");
                            }
                            return text;
                        },
                        keeper,
                        loop,
                        Duration.ofSeconds(5))
                .start();
    }

    @Test
    void theFileIsLookedAtAgainAndAgain() throws IOException {
        keeper.open();
        world.runForMillis(12_000);
        assertThat(reads).isEqualTo(3);
        text = Optional.of(RingJson.write(first("a", "b", "c")));
        world.runForMillis(5_000);
        assertThat(keeper.current().epoch()).isEqualTo(1);
        text = Optional.of(RingJson.write(next(first("a", "b", "c"))));
        world.runForMillis(5_000);
        assertThat(keeper.current().epoch()).isEqualTo(2);
    }

    @Test
    void aFileThatLagsChangesNothing() throws IOException {
        keeper.open();
        keeper.offer(next(first("a", "b", "c")), "test", decision -> {});
        text = Optional.of(RingJson.write(first("a", "b", "c")));
        world.runForMillis(20_000);
        assertThat(keeper.current().epoch()).isEqualTo(2);
        assertThat(keeper.forks()).isZero();
    }

    @Test
    void aRingThatCameTooEarlyIsOfferedAgain() throws IOException {
        text = Optional.of(RingJson.write(first("a", "b", "c")));
        world.runForMillis(1_000);
        assertThat(keeper.current()).isNull();
        keeper.open();
        world.runForMillis(10_000);
        assertThat(keeper.current()).isNotNull();
    }

    @Test
    void aBrokenOrUnreadableFileIsPassedOverUntilItIsGood() throws IOException {
        keeper.open();
        text = Optional.of("{");
        world.runForMillis(6_000);
        unreadable = true;
        world.runForMillis(6_000);
        assertThat(keeper.current()).isNull();
        unreadable = false;
        text = Optional.of(RingJson.write(first("a", "b", "c")));
        world.runForMillis(6_000);
        assertThat(keeper.current()).isNotNull();
    }
}
