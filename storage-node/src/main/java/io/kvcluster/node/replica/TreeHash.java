package io.kvcluster.node.replica;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hashes of a Merkle tree, the same in every version and JVM: replicas compare them. Words are mixed by the finalizer of
 * SplitMix64 (Steele et al., 2014, with Stafford's constants). Against accidents, not against enemies. Allocates nothing.
 */
final class TreeHash {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private TreeHash() {}

    /** Chooses the key's leaf, by its top bits. */
    static long ofKey(byte[] key) {
        long state = mix(GOLDEN_GAMMA + key.length);
        int at = 0;
        for (; at + Long.BYTES <= key.length; at += Long.BYTES) {
            state = mix(state * GOLDEN_GAMMA + (long) WORD.get(key, at));
        }
        long last = 0;
        for (; at < key.length; at++) {
            last = last << Byte.SIZE | (key[at] & 0xff);
        }
        return mix(state * GOLDEN_GAMMA + last);
    }

    /** What one key adds to its leaf. */
    static long ofItem(long keyHash, long digest) {
        return mix(mix(keyHash ^ GOLDEN_GAMMA) * GOLDEN_GAMMA + digest);
    }

    private static long mix(long word) {
        long mixed = (word ^ (word >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
