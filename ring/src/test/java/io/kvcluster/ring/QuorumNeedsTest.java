package io.kvcluster.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuorumNeedsTest {
    @Test
    void threeReplicas() {
        assertThat(QuorumNeeds.of(3, 2, 2)).isEqualTo(new QuorumNeeds(2, 2));
        assertThat(QuorumNeeds.of(3, 1, 3)).isEqualTo(new QuorumNeeds(3, 2));
        assertThat(QuorumNeeds.of(3, 3, 1)).isEqualTo(new QuorumNeeds(3, 3));
        assertThat(QuorumNeeds.of(3, 3, 3)).isEqualTo(new QuorumNeeds(2, 3));
        assertThat(QuorumNeeds.of(3, 1, 1))
                .as("quorums that do not overlap promise nothing")
                .isEqualTo(new QuorumNeeds(2, 2));
    }

    /** Against their meaning, by counting. */
    @Test
    void everyQuorumIsMet() {
        for (int n = 1; n <= 7; n++) {
            int majority = n / 2 + 1;
            for (int read = 1; read <= n; read++) {
                for (int write = 1; write <= n; write++) {
                    QuorumNeeds needs = QuorumNeeds.of(n, read, write);
                    assertThat(n - needs.barrier()).isLessThan(majority);
                    assertThat(needs.copy() + majority).isGreaterThan(n);
                    assertThat(needs.copy() + n - majority + 1).isGreaterThan(n);
                    assertThat(needs.copy()).isLessThanOrEqualTo(n);
                    assertThat(needs.barrier()).isLessThanOrEqualTo(n);
                    if (read + write > n) {
                        assertThat(n - needs.barrier()).isLessThan(Math.min(read, write));
                        assertThat(needs.copy() + write).isGreaterThan(n);
                        assertThat(needs.copy() + n - read + 1).isGreaterThan(n);
                    }
                }
            }
        }
    }
}
