package io.kvcluster.node.storage;

import io.kvcluster.node.storage.Candidates.Candidate;
import java.util.List;

/**
 * What of a segment that goes has to stay in the log though no index names it. {@link HidingRule} decides; tests give wrong rules to
 * see that they are found out.
 */
interface Survivors {
    /**
     * A record that no index knows is a forgotten tombstone, or hidden by one, or by a drop. It stays while another segment may
     * hold an older record of its key, unless a drop hides them all.
     *
     * @param dropped the last drop of its partition that the segment itself holds, 0 for none
     */
    boolean needs(Candidate record, long dropped);

    /** A drop stays while another segment holds a smaller LSN of its partition; it hides no others. */
    boolean needsDrop(CompactionItem drop);

    /** The end of a prefix of hints stays while another segment holds one of them, and no greater end is known. */
    boolean needsDone(CompactionItem done, HintBook book);

    /** Makes them for one decision. */
    interface Factory {
        /** @param others summaries of every segment but the one that goes, the active one included */
        Survivors of(List<SegmentSummary> others);
    }
}
