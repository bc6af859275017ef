package io.kvcluster.e2e.chaos;

import io.kvcluster.client.Level;
import io.kvcluster.e2e.traffic.Acknowledged;
import io.kvcluster.history.History;
import java.util.Map;

/**
 * Keys that are used alike, and what clients saw of them.
 *
 * @param newest by key, of the acknowledged writes the one with the greatest version
 */
record Population(String name, Level level, History history, Map<String, Acknowledged> newest) {
    boolean isRegister() {
        return level == Level.QUORUM || level == Level.ALL;
    }
}
