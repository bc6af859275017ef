package io.kvcluster.node.membership;

/** An identity in memory. */
public final class TestIdentity implements ClusterIdentity {
    private final String storeId;
    private volatile String clusterId = "";

    public TestIdentity(String storeId) {
        this.storeId = storeId;
    }

    @Override
    public String storeId() {
        return storeId;
    }

    @Override
    public int incarnation() {
        return 1;
    }

    @Override
    public String clusterId() {
        return clusterId;
    }

    @Override
    public void adopt(String adopted) {
        clusterId = adopted;
    }
}
