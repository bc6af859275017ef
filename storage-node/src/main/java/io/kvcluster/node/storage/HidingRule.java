package io.kvcluster.node.storage;

import io.kvcluster.node.storage.Candidates.Candidate;
import java.util.List;

/**
 * <b>Must</b>: what hides something leaves the log only when no other segment holds what it hides, because a rebuild of the index
 * would bring that back. Decides this for the records of a segment that no index knows, from summaries of all other segments.
 */
final class HidingRule implements Survivors {
    private final List<SegmentSummary> others;

    /** @param others of every segment but the one that shall go, the active one included */
    HidingRule(List<SegmentSummary> others) {
        this.others = List.copyOf(others);
    }

    @Override
    public boolean needs(Candidate record, long dropped) {
        if (record.lsn() < dropped
                || others.stream().anyMatch(other -> record.lsn() < other.dropped(record.partition()))) {
            return false;
        }
        return others.stream().anyMatch(other -> other.mayHoldBefore(record.lsn(), record.partition(), record.hash()));
    }

    @Override
    public boolean needsDrop(CompactionItem drop) {
        return others.stream().anyMatch(other -> other.holdsBefore(drop.lsn(), drop.partition()));
    }

    @Override
    public boolean needsDone(CompactionItem done, HintBook book) {
        return done.doneUpTo() >= book.doneUpTo(done.target())
                && others.stream().anyMatch(other -> other.holdsHintUpTo(done.doneUpTo(), done.target()));
    }
}
