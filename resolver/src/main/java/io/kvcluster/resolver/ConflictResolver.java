package io.kvcluster.resolver;

/**
 * Merges two values of one key that were written without knowledge of each other. Found by {@link java.util.ServiceLoader} in the
 * jars of the nodes' resolver directory, and used by clusters with {@code conflictResolution: Custom} and its {@link #name}.
 *
 * <p>{@link #merge} must be commutative, associative, idempotent and deterministic: nodes meet values in any order, some of them
 * twice, each in its own process. {@link ResolverLaws} checks that. It sees values only, never deletes: a value that is concurrent
 * with a delete stays.
 *
 * <p>A node calls it on threads of its own, several at a time, and waits for a bounded time. When it throws, is too slow, or its result
 * is larger than a value may be, clients get the values side by side, as under {@code Siblings}, and the node counts it.
 */
public interface ConflictResolver {
    /** By which the spec names it: 1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or digit. Always the same. */
    String name();

    /**
     * The value that stands for both.
     *
     * @param key the bytes of the key; all arrays are copies, to be changed at will
     * @return at most 1 MiB; may be one of the arguments
     */
    byte[] merge(byte[] key, byte[] left, byte[] right);
}
