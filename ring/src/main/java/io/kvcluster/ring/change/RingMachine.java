package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Partition;
import io.kvcluster.ring.Ring;
import java.util.List;

/**
 * From the ring in force, what is wanted and what the stores reported: the next ring, or why there is none. Remembers nothing: all
 * progress is in the ring, so that whoever calls it next goes on, and a call that was lost is made again. One call makes at most one
 * epoch, in which many partitions may advance; whoever publishes it must win the compare-and-swap against the ring that it was made
 * from.
 *
 * <ol>
 *   <li>{@code MemberEdits}: who joins, leaves, is given up, stays after all, is gone.
 *   <li>{@code MoveStep}: each move goes on as far as proofs and barriers allow, or back when nobody wants it any more.
 *   <li>{@code MoveStarts}: new moves towards the placement, as many as the pace allows.
 * </ol>
 */
public final class RingMachine {
    private RingMachine() {}

    /** What comes next. */
    public sealed interface Next {}

    /**
     * @param ring of the next epoch, to be published
     * @param steps what it does, one sentence each; at least one
     * @param waits as in {@link Waiting}: what else is wanted and cannot be done yet
     */
    public record Changed(Ring ring, List<String> steps, List<Wait> waits) implements Next {
        public Changed {
            steps = List.copyOf(steps);
            waits = List.copyOf(waits);
        }
    }

    /** Something is left to do, and none of it can be done now. */
    public record Waiting(List<Wait> waits) implements Next {
        public Waiting {
            waits = List.copyOf(waits);
        }
    }

    /** The ring is what is wanted. */
    public record Settled() implements Next {}

    /** What was asked for makes no ring. */
    public record Refused(List<String> problems) implements Next {
        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /** What cannot be done yet. @param about {@code partition 7}, the name of a member, or {@code placement} */
    public record Wait(String about, String why) {}

    public static Next next(Ring ring, Wanted wanted, Reports reports, Pace pace) {
        Draft draft = new Draft(ring);
        new MemberEdits(draft, wanted, reports).make();
        Target target = Target.of(draft, wanted);
        advance(draft, target, reports);
        new MoveStarts(draft, target, reports, pace).make();
        return draft.next();
    }

    private static void advance(Draft draft, Target target, Reports reports) {
        Ring ring = draft.ring();
        for (int p = 0; p < ring.partitions(); p++) {
            Partition now = draft.partition(p);
            if (!now.hasMove()) {
                continue;
            }
            switch (MoveStep.of(ring, p, target.wants(p, now), reports)) {
                case MoveStep.Next.Become(Partition then, String what) ->
                    draft.become(p, then, "partition " + p + " " + what);
                case MoveStep.Next.Stay(String why) -> draft.wait("partition " + p, why);
            }
        }
    }
}
