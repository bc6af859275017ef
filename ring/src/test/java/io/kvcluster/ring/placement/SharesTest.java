package io.kvcluster.ring.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SharesTest {
    @Test
    void sharesFollowWeightsAndFractionsGoToTheLargestRemainders() {
        assertThat(rounded(10, new int[] {1, 1, 1}, zeros(3), all(3, 10))).containsExactly(4, 3, 3);
        assertThat(rounded(10, new int[] {1, 2, 3}, zeros(3), all(3, 10))).containsExactly(2, 3, 5);
        assertThat(rounded(0, new int[] {1, 2}, zeros(2), all(2, 10))).containsExactly(0, 0);
    }

    @Test
    void whoHoldsMoreAlreadyIsRoundedUpFirst() {
        Shares shares = Shares.divide(10, new int[] {1, 1, 1}, zeros(3), all(3, 10));

        assertThat(shares.rounded(new int[] {0, 3, 4})).containsExactly(3, 3, 4);
        assertThat(shares.rounded(new int[] {3, 3, 3})).containsExactly(4, 3, 3);
        assertThat(new int[] {shares.down(0), shares.up(0)}).containsExactly(3, 4);
    }

    @Test
    void whatACapCutsOffGoesToTheOthersByWeight() {
        assertThat(rounded(12, new int[] {10, 1, 2}, zeros(3), all(3, 6))).containsExactly(6, 2, 4);
    }

    @Test
    void whatAFloorTakesIsTakenFromTheOthersByWeight() {
        assertThat(rounded(12, new int[] {1, 50, 50}, new int[] {4, 0, 0}, all(3, 12)))
                .containsExactly(4, 4, 4);
    }

    @Test
    void floorsAndCapsTogetherSettleWhereTheyMust() {
        assertThat(rounded(20, new int[] {100, 1, 1}, new int[] {0, 8, 0}, new int[] {9, 9, 9}))
                .containsExactly(9, 8, 3);
        assertThat(rounded(6, new int[] {1, 1}, new int[] {3, 3}, new int[] {3, 3}))
                .containsExactly(3, 3);
    }

    @Test
    void whatCannotBeDividedIsAnError() {
        assertThatThrownBy(() -> Shares.divide(21, new int[] {1, 1}, zeros(2), all(2, 10)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("floors 0 and caps 20 leave no way to divide 21");
        assertThatThrownBy(() -> Shares.divide(1, new int[] {1, 1}, new int[] {1, 1}, all(2, 10)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static int[] rounded(int total, int[] weights, int[] floors, int[] caps) {
        return Shares.divide(total, weights, floors, caps).rounded(zeros(weights.length));
    }

    private static int[] zeros(int length) {
        return new int[length];
    }

    private static int[] all(int length, int value) {
        int[] result = new int[length];
        Arrays.fill(result, value);
        return result;
    }
}
