package io.kvcluster.node;

import io.kvcluster.node.membership.ClusterIdentity;
import io.kvcluster.node.peer.LocalStore;
import io.kvcluster.node.storage.Store;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** What the store is to membership and peers. Any thread. */
final class StoreFacts implements LocalStore, ClusterIdentity {
    private final String name;
    private final String address;
    private final Store store;
    private final BooleanSupplier ready;

    StoreFacts(String name, String address, Store store, BooleanSupplier ready) {
        this.name = name;
        this.address = address;
        this.store = store;
        this.ready = ready;
    }

    @Override
    public String name() {
        return name;
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
        return address;
    }

    @Override
    public long durableLsn() {
        return store.report().durableLsn();
    }

    @Override
    public boolean ready() {
        return ready.getAsBoolean();
    }
}
