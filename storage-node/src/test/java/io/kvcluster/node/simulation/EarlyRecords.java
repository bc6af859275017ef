package io.kvcluster.node.simulation;

import io.kvcluster.node.command.Key;
import io.kvcluster.node.storage.Location;
import io.kvcluster.node.storage.RecordStore;
import io.kvcluster.node.storage.RecordsAround;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Shows records that are on their way to the disk as if they were there already, and may say that they are. */
final class EarlyRecords extends RecordsAround {
    private static final int NO_SEGMENT = Integer.MAX_VALUE;

    private record Place(int partition, Key key) {}

    private record OnTheWay(byte[] meta, byte[] record, Location at) {}

    private final Map<Place, OnTheWay> onTheWay = new HashMap<>();
    private int appends;

    private final boolean acknowledges;

    /** @param acknowledges says that they are */
    EarlyRecords(RecordStore records, boolean acknowledges) {
        super(records);
        this.acknowledges = acknowledges;
    }

    @Override
    public Lookup lookup(int partition, Key key) {
        OnTheWay early = onTheWay.get(new Place(partition, key));
        return early == null ? super.lookup(partition, key) : new Lookup.Found(early.meta(), early.at(), 0);
    }

    @Override
    public void read(int partition, Key key, Location at, Consumer<ReadResult> done) {
        OnTheWay early = onTheWay.get(new Place(partition, key));
        if (early != null && early.at().equals(at)) {
            done.accept(new ReadResult.Bytes(early.record()));
        } else if (at.segment() == NO_SEGMENT) {
            done.accept(new ReadResult.Gone());
        } else {
            super.read(partition, key, at, done);
        }
    }

    @Override
    public void append(int partition, Key key, byte[] meta, byte[] record, long hlc, Consumer<AppendResult> done) {
        Place place = new Place(partition, key);
        OnTheWay early = new OnTheWay(meta, record, new Location(NO_SEGMENT, ++appends, record.length));
        onTheWay.put(place, early);
        super.append(partition, key, meta, record, hlc, result -> {
            onTheWay.remove(place, early);
            if (!acknowledges) {
                done.accept(result);
            }
        });
        if (acknowledges) {
            done.accept(new AppendResult.Durable(0));
        }
    }
}
