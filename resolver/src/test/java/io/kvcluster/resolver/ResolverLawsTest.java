package io.kvcluster.resolver;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The kit passes what keeps the laws, and names the law that each kind of wrong resolver breaks. */
class ResolverLawsTest {
    private interface Merge {
        byte[] of(byte[] left, byte[] right);
    }

    private static ResolverLaws laws(Merge merge) {
        return ResolverLaws.of(named("test", merge));
    }

    private static ConflictResolver named(String name, Merge merge) {
        return new ConflictResolver() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public byte[] merge(byte[] key, byte[] left, byte[] right) {
                return merge.of(left, right);
            }
        };
    }

    private static byte[] greater(byte[] left, byte[] right) {
        return Arrays.compareUnsigned(left, right) >= 0 ? left : right;
    }

    private static byte[] concatenated(byte[] left, byte[] right) {
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }

    @Test
    void theGreaterOfTwoKeepsTheLaws() {
        assertThatCode(() -> laws(ResolverLawsTest::greater).cases(10_000).check())
                .doesNotThrowAnyException();
    }

    @Test
    void theLeftOneIsNotCommutative() {
        assertThatThrownBy(() -> laws((left, _) -> left).check())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not commutative")
                .hasMessageContaining("seed 1");
    }

    @Test
    void stonePaperScissorsIsNotAssociative() {
        assertThatThrownBy(() -> laws((left, right) -> (left[0] - right[0] + 3) % 3 == 1 ? left : right)
                        .values(random -> new byte[] {(byte) random.nextInt(3)})
                        .check())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not associative");
    }

    @Test
    void aSumIsNotIdempotent() {
        assertThatThrownBy(() -> laws((left, right) -> new byte[] {(byte) (sum(left) + sum(right))})
                        .check())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("not idempotent");
    }

    @Test
    void aSortedConcatenationIsNotIdempotent() {
        assertThatThrownBy(() -> laws((left, right) -> {
                            byte[] both = concatenated(left, right);
                            Arrays.sort(both);
                            return both;
                        })
                        .check())
                .hasMessageContaining("not idempotent");
    }

    @Test
    void aCounterBesideTheValuesIsNotDeterministic() {
        AtomicInteger calls = new AtomicInteger();
        assertThatThrownBy(() -> laws((_, _) -> new byte[] {(byte) calls.incrementAndGet()})
                        .check())
                .hasMessageContaining("not deterministic");
    }

    @Test
    void oneThatThrowsIsTold() {
        assertThatThrownBy(() -> laws((left, right) -> {
                            throw new IllegalStateException("broken");
                        })
                        .check())
                .hasMessageContaining("must not throw")
                .hasRootCauseMessage("broken");
    }

    @Test
    void aNameThatNoSpecCouldGiveIsTold() {
        assertThatThrownBy(() -> ResolverLaws.of(named("My Resolver", ResolverLawsTest::greater))
                        .check())
                .hasMessageContaining("'My Resolver'");
    }

    @Test
    void oneThatIsNotInstalledIsTold() {
        assertThatThrownBy(() -> ResolverLaws.ofInstalled("absent")).hasMessageContaining("META-INF/services");
    }

    private static int sum(byte[] bytes) {
        int sum = 0;
        for (byte each : bytes) {
            sum += each;
        }
        return sum;
    }
}
