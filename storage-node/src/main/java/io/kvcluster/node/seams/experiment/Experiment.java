package io.kvcluster.node.seams.experiment;

import io.kvcluster.node.seams.Clock;
import io.kvcluster.node.seams.Disk;
import io.kvcluster.node.seams.Loop;
import io.kvcluster.node.seams.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Experiment mode of one node. The fault file is read at the start and then looked at twenty times a second; without it the node
 * is healthy. What is in force is written to a file beside it, named {@code .applied}, so that whoever makes a fault knows when it
 * holds. A file that cannot be understood changes nothing, and is said loudly.
 */
public final class Experiment {
    private static final Logger LOG = LoggerFactory.getLogger(Experiment.class);
    private static final long LOOK_EVERY_NANOS = 50_000_000;
    private static final long MOST_BYTES = 64 * 1024;

    private final Path file;
    private final Clock real;
    private final List<CutTransport<?>> transports = new ArrayList<>();
    private volatile InForce inForce;
    private String lastText;

    private Experiment(Path file, Clock real) throws IOException {
        this.file = file;
        this.real = real;
        this.lastText = read();
        this.inForce = new InForce(Faults.parse(lastText), real.nanos());
    }

    /** @throws IOException when the file is there and cannot be read or understood */
    public static Experiment watching(Path file, Clock real) throws IOException {
        try {
            Experiment experiment = new Experiment(file, real);
            LOG.warn(
                    "event=experiment-mode file={}: THIS NODE SUFFERS FAULTS ON PURPOSE; never with data that matters",
                    file);
            experiment.say();
            return experiment;
        } catch (IllegalArgumentException malformed) {
            throw new IOException("fault file " + file + ": " + malformed.getMessage(), malformed);
        }
    }

    public Clock clock() {
        return new WrongClock(real, () -> inForce);
    }

    public Disk disk(Disk disk) {
        return new FullDisk(disk, () -> inForce.faults());
    }

    /**
     * Before {@link #start}.
     *
     * @param loop where links end that the real transport does not know of
     * @param size of a frame in bytes
     */
    public <F> Transport<F> transport(Transport<F> transport, Loop loop, ToIntFunction<F> size) {
        CutTransport<F> cut = new CutTransport<>(transport, () -> inForce.faults(), real, loop, size);
        transports.add(cut);
        return cut;
    }

    /** Watches the file from now on, on this loop, which may block. */
    public void start(Loop loop) {
        loop.post(() -> look(loop));
    }

    private void look(Loop loop) {
        loop.after(LOOK_EVERY_NANOS, () -> look(loop));
        try {
            String text = read();
            if (!text.equals(lastText)) {
                lastText = text;
                inForce = new InForce(Faults.parse(text), real.nanos());
                transports.forEach(CutTransport::faultsChanged);
                say();
            }
        } catch (IOException | IllegalArgumentException problem) {
            LOG.error(
                    "event=experiment-refused file={} reason=\"{}\" stays=\"{}\"",
                    file,
                    problem.getMessage(),
                    inForce.faults());
        }
    }

    private String read() throws IOException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("fault file " + file + " has more than " + MOST_BYTES + " bytes");
            }
            return Files.readString(file);
        } catch (NoSuchFileException healthy) {
            return "";
        }
    }

    private void say() throws IOException {
        LOG.warn("event=experiment faults=\"{}\"", inForce.faults());
        Path applied = file.resolveSibling(file.getFileName() + ".applied");
        Path fresh = file.resolveSibling(file.getFileName() + ".applied.new");
        Files.writeString(fresh, lastText);
        Files.move(fresh, applied, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
