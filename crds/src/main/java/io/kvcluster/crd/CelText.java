package io.kvcluster.crd;

/**
 * Numbers as text in CEL message expressions, digit by digit: the API server estimates what an expression may cost and takes
 * {@code string(number)} for a text of any length, which no budget allows. A number with more digits than these is not cut but called
 * so.
 */
final class CelText {
    private CelText() {}

    static final String REPLICATION_FACTOR =
            "'0123456789'.substring(self.replicationFactor, self.replicationFactor + 1)";
    static final String REPLICAS =
            "(self.replicas > 999 ? 'over 999' : (self.replicas >= 100 ? '0123456789'.substring(self.replicas / 100 % 10, self.replicas / 100 % 10 + 1) : '') + (self.replicas >= 10 ? '0123456789'.substring(self.replicas / 10 % 10, self.replicas / 10 % 10 + 1) : '') + '0123456789'.substring(self.replicas % 10, self.replicas % 10 + 1))";
    static final String PARTITIONS =
            "(self.partitions > 9999 ? 'over 9999' : (self.partitions >= 1000 ? '0123456789'.substring(self.partitions / 1000 % 10, self.partitions / 1000 % 10 + 1) : '') + (self.partitions >= 100 ? '0123456789'.substring(self.partitions / 100 % 10, self.partitions / 100 % 10 + 1) : '') + (self.partitions >= 10 ? '0123456789'.substring(self.partitions / 10 % 10, self.partitions / 10 % 10 + 1) : '') + '0123456789'.substring(self.partitions % 10, self.partitions % 10 + 1))";
    static final String ZONES =
            "(size(self.topology.zones) >= 10 ? '0123456789'.substring(size(self.topology.zones) / 10 % 10, size(self.topology.zones) / 10 % 10 + 1) : '') + '0123456789'.substring(size(self.topology.zones) % 10, size(self.topology.zones) % 10 + 1)";
    static final String SELF =
            "(self > 9999 ? 'over 9999' : (self >= 1000 ? '0123456789'.substring(self / 1000 % 10, self / 1000 % 10 + 1) : '') + (self >= 100 ? '0123456789'.substring(self / 100 % 10, self / 100 % 10 + 1) : '') + (self >= 10 ? '0123456789'.substring(self / 10 % 10, self / 10 % 10 + 1) : '') + '0123456789'.substring(self % 10, self % 10 + 1))";
    static final String OLD_SELF =
            "(oldSelf >= 1000 ? '0123456789'.substring(oldSelf / 1000 % 10, oldSelf / 1000 % 10 + 1) : '') + (oldSelf >= 100 ? '0123456789'.substring(oldSelf / 100 % 10, oldSelf / 100 % 10 + 1) : '') + (oldSelf >= 10 ? '0123456789'.substring(oldSelf / 10 % 10, oldSelf / 10 % 10 + 1) : '') + '0123456789'.substring(oldSelf % 10, oldSelf % 10 + 1)";
}
