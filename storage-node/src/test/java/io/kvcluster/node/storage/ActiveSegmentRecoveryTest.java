package io.kvcluster.node.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvcluster.node.storage.LogFormat.Head;
import io.kvcluster.node.storage.LogPayload.GroupHead;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Tail or corruption, told by LSNs alone. Records are 64 bytes each from the segment's first offset on. */
class ActiveSegmentRecoveryTest {
    private static final int FIRST = SegmentHeader.BYTES;

    private final ActiveSegmentRecovery found = new ActiveSegmentRecovery(10, 9, 100);
    private int offset = FIRST;

    private ActiveSegmentRecoveryTest group(long durableLsn, long hlcFloor) {
        ByteBuffer payload = ByteBuffer.allocate(LogPayload.GROUP_BYTES);
        LogPayload.putGroup(payload, new GroupHead(durableLsn, hlcFloor, 1, 64));
        found.found(new Head(RecordType.GROUP, 0, 0, 0, place(56)), payload, 0);
        return this;
    }

    private ActiveSegmentRecoveryTest record(long lsn, long hlc) {
        found.found(new Head(RecordType.RECORD, 1, lsn, hlc, place(60)), ByteBuffer.allocate(0), 0);
        return this;
    }

    private ActiveSegmentRecoveryTest invalid(int bytes) {
        found.invalid(offset, offset + bytes);
        offset += bytes;
        return this;
    }

    private Location place(int length) {
        Location at = new Location(1, offset, length);
        offset += LogFormat.pad(length);
        return at;
    }

    @Test
    void anEmptySegmentHasNothingToKeepAndNothingIsMissing() {
        assertThat(found.durableLsn()).isEqualTo(9);
        assertThat(found.lastLsn()).isEqualTo(9);
        assertThat(found.durableEnd()).isEqualTo(FIRST);
        assertThat(found.end()).isEqualTo(FIRST);
        assertThat(found.durableMissing()).isZero();
        assertThat(found.tailFound()).isZero();
        assertThat(found.tailLost()).isFalse();
        assertThat(found.isWhole()).isTrue();
        assertThat(found.hlcFloor()).isEqualTo(100);
    }

    @Test
    void recordsUpToTheLsnThatALaterGroupNamesAreDurable() {
        group(9, 0).record(10, 0).record(11, 0).group(11, 0).record(12, 0);
        assertThat(found.durableLsn()).isEqualTo(11);
        assertThat(found.durableEnd()).isEqualTo(FIRST + 56 + 64 + 64);
        assertThat(found.lastLsn()).isEqualTo(12);
        assertThat(found.end()).isEqualTo(offset);
        assertThat(found.tailFound()).isEqualTo(1);
        assertThat(found.durableMissing()).isZero();
        assertThat(found.isWhole()).isTrue();
    }

    @Test
    void aGroupThatNamesAnOlderLsnChangesNothing() {
        group(9, 0).record(10, 0).group(10, 0).record(11, 0).group(9, 0).record(12, 0);
        assertThat(found.durableLsn()).isEqualTo(10);
        assertThat(found.tailFound()).isEqualTo(2);
    }

    @Test
    void recordsThatFollowTheirOwnDurabilityAreDurableAtOnce() {
        group(11, 0).record(10, 0).record(11, 0);
        assertThat(found.tailFound()).isZero();
        assertThat(found.durableEnd()).isEqualTo(offset);
        assertThat(found.isWhole()).isTrue();
    }

    @Test
    void whatIsMissingBelowTheDurableLsnIsCorruption() {
        group(9, 0).record(10, 0).invalid(128).group(13, 0).record(14, 0);
        assertThat(found.durableMissing()).isEqualTo(3);
        assertThat(found.durableEnd()).isEqualTo(FIRST + 56 + 64);
        assertThat(found.tailFound()).isEqualTo(1);
        assertThat(found.isWhole()).isFalse();
    }

    @Test
    void zeroesInTheMiddleAreMissedLikeInvalidBytes() {
        record(10, 0);
        offset += 4096;
        group(12, 0).record(13, 0);
        assertThat(found.durableMissing()).isEqualTo(2);
    }

    @Test
    void invalidBytesAfterTheDurablePartAreALostTail() {
        group(9, 0).record(10, 0).group(10, 0).invalid(64);
        assertThat(found.durableMissing()).isZero();
        assertThat(found.tailLost()).isTrue();
        assertThat(found.isWhole()).isFalse();
    }

    @Test
    void aGapOfLsnsInTheTailIsALostTail() {
        group(9, 0).record(10, 0).record(12, 0);
        assertThat(found.durableMissing()).isZero();
        assertThat(found.tailFound()).isEqualTo(2);
        assertThat(found.tailLost()).isTrue();
        assertThat(found.isWhole()).isFalse();
    }

    @Test
    void invalidBytesInsideTheDurablePartThatCostNoRecordAreNoLoss() {
        invalid(56).record(10, 0).record(11, 0).group(11, 0);
        assertThat(found.durableMissing()).isZero();
        assertThat(found.tailLost()).isFalse();
        assertThat(found.isWhole()).isTrue();
    }

    @Test
    void theHlcFloorIsTheGreatestOfHeaderGroupsAndRecords() {
        group(9, 200).record(10, 150);
        assertThat(found.hlcFloor()).isEqualTo(200);
        record(11, 300);
        assertThat(found.hlcFloor()).isEqualTo(300);
    }

    @Test
    void aHeaderThatKnowsLessThanItsFirstLsnMeansNothingOfThisSegmentIsDurable() {
        ActiveSegmentRecovery unknown = new ActiveSegmentRecovery(10, 0, 0);
        assertThat(unknown.durableLsn()).isEqualTo(9);
        assertThat(unknown.durableMissing()).isZero();
    }

    @Test
    void lsnsThatDoNotAscendAreABug() {
        record(10, 0);
        assertThatThrownBy(() -> record(10, 0)).hasMessageContaining("LSNs ascend");
    }
}
