package io.kvcluster.node.storage;

import io.kvcluster.node.seams.Disk;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Sets a store aside that the ring does not name: everything but the lock moves to retired/STOREID, and the directory is empty
 * for a new store. An intent is written first, so that a retirement that was interrupted is finished at the next start.
 */
final class Retirement {
    static final String DIRECTORY = "retired";
    private static final String INTENT = "retiring";

    private Retirement() {}

    /** @param storeId 16 hex digits */
    record Intent(String storeId) {}

    /** The store is closed and its lock held. */
    static void retire(Disk disk, String storeId) throws IOException {
        SmallFile.write(disk, INTENT, new Intent(storeId));
        move(disk, storeId);
    }

    static void finishInterrupted(Disk disk) throws IOException, StoreException {
        Optional<Intent> intent = SmallFile.read(disk, INTENT, Intent.class);
        if (intent.isPresent()) {
            move(disk, intent.get().storeId);
        }
    }

    private static void move(Disk disk, String storeId) throws IOException {
        String target = DIRECTORY + "/" + storeId;
        disk.makeDirectory(target);
        disk.syncDirectory("");
        disk.syncDirectory(DIRECTORY);
        for (String name : disk.list("")) {
            if (!List.of(StoreFiles.LOCK, DIRECTORY, INTENT).contains(name)) {
                disk.rename(name, target + "/" + name);
            }
        }
        disk.syncDirectory(target);
        SmallFile.delete(disk, INTENT);
    }

    static List<String> retired(Disk disk) throws IOException {
        return disk.list(DIRECTORY);
    }
}
