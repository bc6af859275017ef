package io.kvcluster.node.rpc;

import io.kvcluster.proto.repair.GetRepairRequest;
import io.kvcluster.proto.repair.GetRepairResponse;
import io.kvcluster.proto.repair.RepairRequest;
import io.kvcluster.proto.repair.RepairResponse;
import java.util.function.Consumer;

/** What clients may ask of repair. Any thread; must not block. */
public interface RepairAccess {
    RepairResponse ask(RepairRequest request);

    /** @param done once, on any thread, after what was asked before took effect */
    void tell(GetRepairRequest request, Consumer<GetRepairResponse> done);
}
