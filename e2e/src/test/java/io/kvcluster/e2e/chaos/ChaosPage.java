package io.kvcluster.e2e.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The one page of all targets: each run writes its own section, and leaves those of other targets as they are. */
final class ChaosPage {
    private static final String INTRODUCTION = """
            # Chaos on real processes

            Clients work without a pause, each operation on record from before its first byte is sent, while three things go on beside each
            other: **nodes** break, one at a time (all of a zone at a zone cut, when each partition has one replica there), never two replicas of
            one partition; the **control plane** dies, the operator by a kill every minute; and the cluster **changes**, round and round: three
            members become six, three copies four, other quorums and back, three copies, three members, templates mixed while the operator is
            gone, a rolling restart, a lost disk. Afterwards everything is judged by checkers that know nothing of the code under test
            (module `history`), which first reject the shipped set of known-bad histories; what the disks hold in the end counts as read by one
            client more, after everything else.

            In the tables a pair is the middle value and the greatest, in seconds unless another unit is named. *Errors* of a broken node are those
            until 5 s after it, or until the next one; errors of anything else are those that no broken node excuses. *First success*: from the
            beginning, of a hot key whose first replica is the broken node. *Whole again*: from the end of the fault until every member served and
            saw every other, or the operator worked. *Replicas equal*: from the end of the fault until every replica had all that was acknowledged
            during it. *Lasted*: of a change, from the edit of the spec until members, copies and quorums were as asked and nothing moved. Figures
            are measured by looks 0.2 s apart; while the API server is away, pods are not found for up to 3 s more.
            """;

    private final Path file;

    ChaosPage(Path folder) {
        this.file = folder.resolve("chaos.md");
    }

    /** @return the page */
    Path write(String target, String section) throws IOException {
        String begin = "<!-- " + target + " -->\n";
        String end = "<!-- end of " + target + " -->\n";
        String whole = Files.exists(file) ? Files.readString(file) : "";
        int from = whole.indexOf("<!-- ");
        String sections = from < 0 ? "" : whole.substring(from);
        String mine = begin + section + end;
        int old = sections.indexOf(begin);
        int oldEnd = sections.indexOf(end);
        String joined = old < 0 || oldEnd < old
                ? sections + (sections.isEmpty() ? "" : "\n") + mine
                : sections.substring(0, old) + mine + sections.substring(oldEnd + end.length());
        Files.writeString(file, INTRODUCTION + "\n" + joined);
        return file;
    }
}
