package io.kvcluster.node.seams;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real world: threads, the machine's clocks, a directory of its file system. Close it to end its threads. */
public final class SystemEnvironment implements Environment, AutoCloseable {
    /** Exit code of a broken invariant: sysexits' EX_SOFTWARE. */
    public static final int EXIT_BUG = 70;

    private static final Logger log = LoggerFactory.getLogger(SystemEnvironment.class);

    private final Clock clock;
    private final Disk disk;
    private final List<ThreadLoop> loops = new CopyOnWriteArrayList<>();
    private final List<Worker> workers = new CopyOnWriteArrayList<>();
    private @Nullable EventLoops network;

    public SystemEnvironment(Disk disk) {
        this(disk, machineClock());
    }

    /** With another clock than the machine's: for experiments. */
    public SystemEnvironment(Disk disk, Clock clock) {
        this.disk = disk;
        this.clock = clock;
    }

    public static Clock machineClock() {
        return new SystemClock();
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public RandomGenerator newRandom(String purpose) {
        return new SplittableRandom(new SecureRandom().nextLong());
    }

    @Override
    public Loop newLoop(String name, int mailbox) {
        ThreadLoop loop = new ThreadLoop(name, mailbox, endOn(name));
        loops.add(loop);
        loop.start();
        return loop;
    }

    /** The threads of the network: made at the first call, the same ever after. They are the core loops too. */
    public EventLoops network(int threads) {
        EventLoops made = network;
        if (made == null) {
            made = new EventLoops("core", threads, endOn("a core loop"));
            network = made;
        }
        return made;
    }

    @Override
    public List<Loop> newCores(int count, int mailbox) {
        return network(count).loops(mailbox);
    }

    @Override
    public Worker newWorker(String name, int threads, int queue) {
        Worker worker = new ThreadWorker(name, threads, queue, endOn(name));
        workers.add(worker);
        return worker;
    }

    @Override
    public Disk disk() {
        return disk;
    }

    @Override
    public String bootId() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id"), StandardCharsets.US_ASCII)
                    .strip();
        } catch (IOException notLinux) {
            return "";
        }
    }

    @Override
    public void halt(int exitCode, String why) {
        log.error("Ending at once with exit code {}: {}", exitCode, why);
        Runtime.getRuntime().halt(exitCode);
    }

    @Override
    public void close() {
        loops.forEach(ThreadLoop::stop);
        workers.forEach(Worker::close);
        EventLoops made = network;
        if (made != null) {
            made.close();
        }
    }

    private Consumer<Throwable> endOn(String name) {
        return bug -> {
            log.error("A task of {} threw", name, bug);
            halt(EXIT_BUG, "a task of " + name + " threw " + bug);
        };
    }
}
