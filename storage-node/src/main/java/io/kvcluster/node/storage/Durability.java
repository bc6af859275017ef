package io.kvcluster.node.storage;

/** When a write is acknowledged. */
public sealed interface Durability {
    /** After the fsync that covers it. */
    record Fsync() implements Durability {}

    /** When it is written; an fsync follows each interval. A power cut loses up to one interval. @param millis 1..60,000 */
    record Periodic(long millis) implements Durability {
        public Periodic {
            if (millis < 1 || millis > 60_000) {
                throw new IllegalArgumentException(
                        "durability Periodic:" + millis + ": 1..60000 milliseconds are allowed");
            }
        }
    }

    /** @throws IllegalArgumentException unless the text is Fsync or Periodic:MILLIS */
    static Durability parse(String text) {
        if (text.equals("Fsync")) {
            return new Fsync();
        }
        if (text.matches("Periodic:[0-9]{1,6}")) {
            return new Periodic(Long.parseLong(text.substring("Periodic:".length())));
        }
        throw new IllegalArgumentException("durability " + text + ": Fsync or Periodic:MILLIS is allowed");
    }
}
