package io.kvcluster.node;

import io.kvcluster.node.membership.ClusterIdentity;
import io.kvcluster.node.peer.LocalStore;
import io.kvcluster.node.storage.Store;
import java.io.IOException;

/** What the store is to membership and peers. Any thread. */
final class StoreFacts implements LocalStore, ClusterIdentity {
    private final NodeConfig config;
    private final Store store;
    private final NodeState state;

    StoreFacts(NodeConfig config, Store store, NodeState state) {
        this.config = config;
        this.store = store;
        this.state = state;
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public String storeId() {
        return store.identity().storeIdText();
    }

    @Override
    public int incarnation() {
        return store.identity().incarnation();
    }

    @Override
    public String clusterId() {
        return store.identity().clusterId();
    }

    @Override
    public void adopt(String clusterId) throws IOException {
        store.adoptCluster(clusterId);
    }

    @Override
    public String address() {
        return config.address();
    }

    @Override
    public long durableLsn() {
        return store.report().durableLsn();
    }

    @Override
    public boolean ready() {
        return state.now().ready();
    }
}
