package io.kvcluster.e2e.chaos;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kvcluster.e2e.chaos.Problem.Promise;
import io.kvcluster.e2e.cluster.Cluster;
import io.kvcluster.e2e.testbed.Target;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * What the lanes share. Whoever takes more than one of the locks takes them in the order in which they stand here.
 *
 * <p>More than one broken replica of a partition is more than a store of three copies promises to bear, so who breaks or restarts one
 * holds {@link #nodes}, from before it is broken until all are whole again.
 */
final class Ground {
    /** Looks cost something too: six nodes are asked twice each. */
    private static final Duration LOOK = Duration.ofMillis(200);

    final Target target;
    final Cluster cluster;
    final Strength strength;
    final Progress progress;
    private final List<FaultKind> kinds;
    private final Duration length;
    private final long beginNanos = System.nanoTime();

    private final ReentrantLock operator = new ReentrantLock(true);
    private final ReentrantLock nodes = new ReentrantLock(true);
    /** Read: it is needed for a moment. Write: it is away. */
    private final ReentrantReadWriteLock api = new ReentrantReadWriteLock(true);

    private final List<Made> made = new CopyOnWriteArrayList<>();
    private final List<Problem> problems = new CopyOnWriteArrayList<>();
    private volatile boolean ended;
    private volatile Set<String> leaving = Set.of();
    private volatile boolean oneCopyAZone = true;

    private record Made(FaultKind kind, Supplier<Injected> injected) {}

    Ground(
            Target target,
            Cluster cluster,
            Strength strength,
            Progress progress,
            List<FaultKind> kinds,
            Duration length) {
        this.target = target;
        this.cluster = cluster;
        this.strength = strength;
        this.progress = progress;
        this.kinds = List.copyOf(kinds);
        this.length = length;
    }

    /** Also when something did not come back: more faults would show no more. */
    boolean isOver() {
        if (ended || !problems.isEmpty()) {
            return true;
        }
        return elapsed().compareTo(length) >= 0
                && (!isExtended() || kinds.stream().allMatch(this::isOften));
    }

    /** A long run that made some kind too seldom goes on for a while, at most half as long again, for those kinds. */
    boolean isExtended() {
        Duration elapsed = elapsed();
        return length.compareTo(Judge.LONG) >= 0
                && elapsed.compareTo(length) >= 0
                && elapsed.compareTo(length.plus(length.dividedBy(2))) < 0;
    }

    boolean isOften(FaultKind kind) {
        return made.stream().filter(each -> each.kind() == kind).count() >= Judge.OFTEN;
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - beginNanos);
    }

    void end() {
        ended = true;
    }

    /** How long a fault lasts, and the quiet between two, are part of the experiment, not a wait for something. */
    static void letPass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Awaitility.await("time passes")
                .atMost(time.plusSeconds(30))
                .pollInterval(Cluster.POLL)
                .until(() -> System.nanoTime() >= end);
    }

    void whileNobodyBreaksNodes(Runnable work) {
        holding(nodes, work);
    }

    void whileNobodyTouchesTheOperator(Runnable work) {
        holding(operator, work);
    }

    /** For what cannot be done without it. */
    void withApi(Runnable work) {
        holding(api.readLock(), work);
    }

    void withoutApi(Runnable work) {
        holding(api.writeLock(), work);
    }

    private static void holding(Lock lock, Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    /** Pods that a change takes away: their nodes are broken only by what needs no mending. */
    void leaving(Set<String> pods) {
        leaving = Set.copyOf(pods);
    }

    boolean isLeaving(String pod) {
        return leaving.contains(pod);
    }

    /** False while a zone may hold two copies of a partition: then no zone may be cut off. */
    void oneCopyAZone(boolean so) {
        oneCopyAZone = so;
    }

    boolean isOneCopyAZone() {
        return oneCopyAZone;
    }

    /** Until every member serves and sees every other. @return false when that is not so in time; it is a problem then */
    boolean awaitWhole(String after) {
        return await("every member serves and sees every other after " + after, target.patience(), strength::isWhole);
    }

    /** @return false when it is not so in time; it is a problem then */
    boolean await(String what, Duration limit, BooleanSupplier condition) {
        try {
            Awaitility.await(what)
                    .atMost(limit)
                    .pollInterval(LOOK)
                    .ignoreExceptionsMatching(Ground::isOfTheApi)
                    .until(condition::getAsBoolean);
            return true;
        } catch (ConditionTimeoutException late) {
            problem(Promise.RECOVERED, "not within " + limit.toSeconds() + " s: " + what + "; " + describe());
            return false;
        }
    }

    /** It may be away, and a node too. */
    private static boolean isOfTheApi(Throwable failure) {
        return failure instanceof KubernetesClientException || failure instanceof UncheckedIOException;
    }

    private String describe() {
        try {
            return "status: "
                    + cluster.status()
                            .map(status -> "operation " + status.operation() + ", blockedBy " + status.blockedBy()
                                    + ", members " + status.members())
                            .orElse("none")
                    + "; nodes: " + strength.describe();
        } catch (KubernetesClientException e) {
            return "the API server does not answer: " + e.getMessage();
        }
    }

    void problem(Promise promise, String what) {
        problems.add(new Problem(promise, what));
        progress.say("PROBLEM " + promise + ": " + what);
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    void made(Injected injected) {
        made.add(new Made(injected.kind(), () -> injected));
    }

    /** When it is known only later what became of it. */
    void made(FaultKind kind, Supplier<Injected> injected) {
        made.add(new Made(kind, injected));
    }

    List<Injected> made() {
        List<Injected> all = new ArrayList<>();
        made.forEach(each -> all.add(each.injected().get()));
        all.sort(Comparator.comparingLong(each -> each.fault().fromNanos()));
        return all;
    }
}
