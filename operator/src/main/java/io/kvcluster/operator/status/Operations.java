package io.kvcluster.operator.status;

import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.Operation;
import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.observation.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The operation that the ring is in. When it began, and how much it was in all, is in the status before: nothing else remembers it. */
public final class Operations {
    private static final double GIB = 1L << 30;

    private Operations() {}

    static Optional<Operation> of(Observation world, Progress progress, @Nullable KvClusterStatus before) {
        return switch (progress) {
            case Progress.Arrived() -> Optional.empty();
            case Progress.Unknown() -> Optional.ofNullable(before == null ? null : before.operation());
            case Progress.UnderWay now -> Optional.of(of(now, before, world.now()));
        };
    }

    private static Operation of(Progress.UnderWay now, @Nullable KvClusterStatus status, Instant time) {
        Operation before = status == null || status.operation() == null
                ? null
                : status.operation().goal().equals(now.goal()) ? status.operation() : null;
        int done = before == null ? 0 : before.copiesDone();
        int total = before == null ? now.copiesLeft() : Math.max(before.copiesTotal(), done + now.copiesLeft());
        return new Operation(
                now.type(),
                now.goal(),
                now.partitionsMoving(),
                total - now.copiesLeft(),
                total,
                now.bytesLeft(),
                Math.max(before == null ? 0 : before.bytesTotal(), now.bytesLeft()),
                now.ahead().lowestCopies(),
                now.ahead().joining(),
                now.ahead().leaving(),
                now.waitingFor().isEmpty() ? null : now.waitingFor(),
                before == null || before.since() == null
                        ? time.truncatedTo(ChronoUnit.SECONDS).toString()
                        : before.since());
    }

    /** What an event is to tell. @param reason in CamelCase */
    public record News(String reason, String text) {}

    /**
     * What has begun and what is over since the status before. Stores that were given up are replaced when everybody has copies again,
     * even if the ring goes on with something else: often the pods that come back.
     */
    public static List<News> news(@Nullable Operation before, @Nullable Operation now, Instant time) {
        List<News> news = new ArrayList<>();
        if (before != null && isReplacement(before) && (now == null || !isReplacement(now))) {
            news.add(new News(
                    before.type() + "Done",
                    "every partition has its copies again, without what was given up: " + effort(before, time)));
        } else if (before != null && now == null) {
            news.add(new News(before.type() + "Done", "the ring has " + before.goal() + ": " + effort(before, time)));
        }
        if (now != null && (before == null || !before.goal().equals(now.goal()))) {
            news.add(new News(
                    now.type(), "the ring is on its way to " + now.goal() + "; status.operation tells how far"));
        }
        return news;
    }

    private static boolean isReplacement(Operation operation) {
        return operation.type().equals("Replace");
    }

    /** What it took until then, in words; what is not known is left out. */
    private static String effort(Operation operation, Instant end) {
        String text = operation.copiesTotal() + " copies, about " + operation.bytesTotal() + " bytes";
        if (operation.since() == null) {
            return text;
        }
        long seconds = Math.max(
                0, Duration.between(Instant.parse(operation.since()), end).toSeconds());
        String rate = operation.bytesTotal() == 0
                ? ""
                : " (" + Math.round(seconds * GIB / operation.bytesTotal()) + " s per GiB)";
        return text + ", in " + seconds + " s" + rate;
    }

    /** In a sentence. */
    static String text(Operation operation) {
        return operation.type() + " to " + operation.goal() + ": " + operation.copiesDone() + " of "
                + operation.copiesTotal() + " copies made, " + operation.partitionsMoving() + " partitions move now"
                + (operation.blockedBy() == null ? "" : "; next: " + operation.blockedBy());
    }
}
