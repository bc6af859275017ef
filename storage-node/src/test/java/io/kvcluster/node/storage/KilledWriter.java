package io.kvcluster.node.storage;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.seams.FileDisk;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.SystemEnvironment;
import io.kvcluster.node.storage.RecordStore.AppendResult;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;

/**
 * The process that is killed: {@code KilledWriter DIRECTORY FIRST_VERSION}. Writes ever greater versions of a few keys and says on
 * its standard output, for each that was acknowledged, "KEY VERSION"; a line is complete or was not said.
 */
final class KilledWriter {
    static final int PARTITIONS = 8;
    static final int KEYS = 64;
    private static final int IN_FLIGHT = 32;

    private KilledWriter() {}

    static StoreConfig config() {
        return new StoreConfig(
                PARTITIONS,
                new Durability.Fsync(),
                256 << 10,
                64 << 10,
                1_024,
                4 << 20,
                1 << 20,
                1 << 20,
                1,
                256,
                HintBounds.USUAL,
                CompactionBounds.USUAL);
    }

    public static void main(String[] arguments) throws Exception {
        FileDisk disk = new FileDisk(Path.of(arguments[0]));
        SystemEnvironment environment = new SystemEnvironment(disk);
        Loop[] loops = {environment.newLoop("loop-0", 4_096), environment.newLoop("loop-1", 4_096)};
        Store store = Store.open(config(), environment, IndexFactory.mapDb(disk, 32L << 20), loops, StoreListener.NONE);
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
        out.println("open " + store.identity().incarnation() + " " + store.hlcFloor());
        out.flush();
        SplittableRandom random = new SplittableRandom();
        Semaphore inFlight = new Semaphore(IN_FLIGHT);
        for (int version = Integer.parseInt(arguments[1]); ; version++) {
            int key = random.nextInt(KEYS);
            int said = version;
            byte[] value = value(key, said);
            inFlight.acquire();
            int partition = key % PARTITIONS;
            loops[partition % loops.length].post(() ->
                    store.append(partition, key(key), meta(said), value, said, result -> {
                        inFlight.release();
                        if (result instanceof AppendResult.Durable) {
                            say(out, key + " " + said + "\n");
                        }
                    }));
        }
    }

    /** Loops say at the same time; PrintStream writes each text whole. */
    private static void say(PrintStream out, String line) {
        out.print(line);
        out.flush();
    }

    static Key key(int key) {
        return Key.of("key-" + key);
    }

    static byte[] meta(int version) {
        return ByteBuffer.allocate(4).putInt(version).array();
    }

    static byte[] value(int key, int version) {
        SplittableRandom bytes = new SplittableRandom(key * 1_000_003L + version);
        byte[] value = new byte[bytes.nextInt(4) == 0 ? bytes.nextInt(20_000) : bytes.nextInt(400)];
        bytes.nextBytes(value);
        return value;
    }
}
