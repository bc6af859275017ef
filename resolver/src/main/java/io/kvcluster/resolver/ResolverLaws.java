package io.kvcluster.resolver;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Checks the laws of a {@link ConflictResolver} on random values; for a resolver's own tests.
 *
 * <pre>{@code
 * ResolverLaws.of(new CartResolver()).values(random -> anyCart(random)).check();
 * }</pre>
 *
 * The values should be such as applications write, few enough that equal and overlapping ones meet often. A law that does not hold ends
 * the check with an {@link AssertionError} that names the law, the values in hex, and the seed that makes them again. Immutable.
 */
public final class ResolverLaws {
    private static final int CASES = 1_000;
    private static final byte[] KEY = {'k'};

    private final ConflictResolver resolver;
    private final Function<RandomGenerator, byte[]> values;
    private final int cases;
    private final long seed;

    private ResolverLaws(ConflictResolver resolver, Function<RandomGenerator, byte[]> values, int cases, long seed) {
        this.resolver = resolver;
        this.values = values;
        this.cases = cases;
        this.seed = seed;
    }

    /** Of one resolver, on short arrays of any bytes, 1,000 cases, always the same ones. */
    public static ResolverLaws of(ConflictResolver resolver) {
        return new ResolverLaws(Objects.requireNonNull(resolver), ResolverLaws::anyBytes, CASES, 1);
    }

    /**
     * Of the resolver that {@link ServiceLoader} finds under this name, as a node would: so the check meets the jar's
     * {@code META-INF/services} too.
     *
     * @throws AssertionError when there is not exactly one
     */
    public static ResolverLaws ofInstalled(String name) {
        var found = ServiceLoader.load(ConflictResolver.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.name().equals(name))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " resolvers named " + name
                    + " are installed, but there must be one: see META-INF/services/"
                    + ConflictResolver.class.getName());
        }
        return of(found.getFirst());
    }

    /** On values of this maker: it must take all chance from its argument. */
    public ResolverLaws values(Function<RandomGenerator, byte[]> maker) {
        return new ResolverLaws(resolver, Objects.requireNonNull(maker), cases, seed);
    }

    /** So many triples of values, at least 1. */
    public ResolverLaws cases(int number) {
        if (number < 1) {
            throw new IllegalArgumentException("cases is " + number + ", but must be at least 1");
        }
        return new ResolverLaws(resolver, values, number, seed);
    }

    /** Other values; the seed of a failure makes its values again. */
    public ResolverLaws seed(long other) {
        return new ResolverLaws(resolver, values, cases, other);
    }

    /** @throws AssertionError for the first law that does not hold */
    public void check() {
        if (!resolver.name().matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) {
            throw new AssertionError("the name '" + resolver.name()
                    + "' must be 1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit");
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < cases; i++) {
            byte[] a = values.apply(random);
            byte[] b = values.apply(random);
            byte[] c = values.apply(random);
            // as a node meets them: the result of a merge is merged again
            byte[] ab = merge(a, b);
            same("deterministic: merge(a, b) twice", merge(a, b), ab, a, b, c);
            same("commutative: merge(b, a) = merge(a, b)", merge(b, a), ab, a, b, c);
            same(
                    "associative: merge(merge(a, b), c) = merge(a, merge(b, c))",
                    merge(ab, c),
                    merge(a, merge(b, c)),
                    a,
                    b,
                    c);
            same("idempotent: merge(m, a) = m for m = merge(a, b)", merge(ab, a), ab, a, b, c);
            same("idempotent: merge(m, m) = m for m = merge(a, b)", merge(ab, ab), ab, a, b, c);
        }
    }

    private byte[] merge(byte[] left, byte[] right) {
        try {
            return Objects.requireNonNull(resolver.merge(KEY.clone(), left.clone(), right.clone()), "merge gave null");
        } catch (RuntimeException thrown) {
            throw new AssertionError(
                    "merge must not throw, but did for " + hex(left) + " and " + hex(right) + " (seed " + seed + ")",
                    thrown);
        }
    }

    private void same(String law, byte[] one, byte[] other, byte[] a, byte[] b, byte[] c) {
        if (!Arrays.equals(one, other)) {
            throw new AssertionError("not " + law + ": " + hex(one) + " against " + hex(other) + " with a=" + hex(a)
                    + " b=" + hex(b) + " c=" + hex(c) + " (seed " + seed + ")");
        }
    }

    private static String hex(byte[] bytes) {
        return "0x" + HexFormat.of().formatHex(bytes);
    }

    private static byte[] anyBytes(RandomGenerator random) {
        byte[] bytes = new byte[random.nextInt(5)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(4);
        }
        return bytes;
    }
}
