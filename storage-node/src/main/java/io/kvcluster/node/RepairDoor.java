package io.kvcluster.node;

import io.kvcluster.node.admin.NodeAdminService.Repairs;
import io.kvcluster.node.repair.Repair;
import io.kvcluster.proto.admin.RepairRequest;
import io.kvcluster.proto.admin.RepairResponse;
import java.util.Set;
import java.util.TreeSet;

/** What people and the operator ask of repair, checked. Any thread. */
final class RepairDoor implements Repairs {
    private final Repair repair;
    private final int partitions;

    RepairDoor(Repair repair, int partitions) {
        this.repair = repair;
        this.partitions = partitions;
    }

    @Override
    public RepairResponse ask(RepairRequest request) {
        if (request.getPartitionsCount() > partitions) {
            return refused("partitions has " + request.getPartitionsCount() + " entries, more than " + partitions);
        }
        Set<Integer> chosen = new TreeSet<>();
        for (int partition : request.getPartitionsList()) {
            if (partition < 0 || partition >= partitions) {
                return refused("partitions names " + Integer.toUnsignedString(partition) + ": 0.." + (partitions - 1)
                        + " is allowed");
            }
            chosen.add(partition);
        }
        if (request.getCancel()) {
            repair.cancel();
            return RepairResponse.getDefaultInstance();
        }
        int count = repair.repairNow(partition -> chosen.isEmpty() || chosen.contains(partition));
        return RepairResponse.newBuilder().setPartitions(count).build();
    }

    private static RepairResponse refused(String why) {
        return RepairResponse.newBuilder().setRefused(why).build();
    }
}
