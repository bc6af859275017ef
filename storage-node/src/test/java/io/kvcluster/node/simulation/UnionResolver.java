package io.kvcluster.node.simulation;

import io.kvcluster.resolver.ConflictResolver;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Values are sets of names, and the union of two is what comes of them. Now and then it throws, as users' code may. */
final class UnionResolver implements ConflictResolver {
    static final String NAME = "union";
    private static final int ONE_THROWS_OF = 20;

    private final RandomGenerator random;

    UnionResolver(RandomGenerator random) {
        this.random = random;
    }

    static List<String> names(String set) {
        return List.of(set.split("\\+"));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte[] merge(byte[] key, byte[] left, byte[] right) {
        if (random.nextInt(ONE_THROWS_OF) == 0) {
            throw new IllegalStateException("on purpose");
        }
        TreeSet<String> union = new TreeSet<>(names(new String(left, StandardCharsets.UTF_8)));
        union.addAll(names(new String(right, StandardCharsets.UTF_8)));
        return String.join("+", union).getBytes(StandardCharsets.UTF_8);
    }
}
