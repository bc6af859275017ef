package io.kvcluster.node.version;

/**
 * A hash of a sequence of words, the same in every JVM: each word is mixed in by the finalizer of SplitMix64 (Steele et al.,
 * 2014, with Stafford's constants). Against accidents, not against enemies.
 */
final class Hash64 {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state = GOLDEN_GAMMA;

    Hash64 add(long word) {
        state = mix(state * GOLDEN_GAMMA + word);
        return this;
    }

    Hash64 add(Dot dot) {
        return add(dot.hlc()).add(dot.actor().storeId()).add(dot.actor().incarnation());
    }

    /** The length, then eight bytes a word, the last one filled up with zeros. */
    Hash64 add(byte[] bytes) {
        add(bytes.length);
        long word = 0;
        for (int i = 0; i < bytes.length; i++) {
            word = word << Byte.SIZE | (bytes[i] & 0xff);
            if (i % Long.BYTES == Long.BYTES - 1) {
                add(word);
                word = 0;
            }
        }
        return bytes.length % Long.BYTES == 0 ? this : add(word);
    }

    long value() {
        return state;
    }

    private static long mix(long word) {
        long mixed = (word ^ (word >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
