package io.kvcluster.node.repair;

/** What repair tells telemetry. Called on core loops; must be cheap. */
public interface RepairEvents {
    /** How an exchange ended. */
    enum ExchangeEnd {
        EQUAL,
        REPAIRED,
        FAILED
    }

    void hintStored();

    void hintReplayed();

    /** Given up: a bound was reached, it grew too old, or its target left. */
    void hintDropped();

    void exchangeEnded(ExchangeEnd end);

    /** A key was given to a replica, or taken from it, because they differed. */
    void keyRepaired();

    /** Bytes of exchanges and hints, sent or received. */
    void bytesMoved(int bytes);

    void tombstonesCollected(int keys);

    /** A suspicion ended although too few replicas could vouch for what was lost. */
    void possibleLoss();

    /** A record whose bytes had gone bad was written again from a copy. */
    void corruptRecordRepaired();

    /** Versions of a damaged record, which no other replica holds, were given up. */
    void damagedRecordLost();

    /** So many records were read back from the disk, of which some are damaged. */
    void scrubbed(int records, long bytes, int damaged);

    RepairEvents NONE = new RepairEvents() {
        @Override
        public void hintStored() {}

        @Override
        public void hintReplayed() {}

        @Override
        public void hintDropped() {}

        @Override
        public void exchangeEnded(ExchangeEnd end) {}

        @Override
        public void keyRepaired() {}

        @Override
        public void bytesMoved(int bytes) {}

        @Override
        public void tombstonesCollected(int keys) {}

        @Override
        public void possibleLoss() {}

        @Override
        public void corruptRecordRepaired() {}

        @Override
        public void damagedRecordLost() {}

        @Override
        public void scrubbed(int records, long bytes, int damaged) {}
    };
}
