package io.kvcluster.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvcluster.e2e.cluster.Cluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node's own log says of the copies that it got.
 *
 * @param completed by partition, in which line the copy was said to be complete and durable
 * @param answered by partition, in which line the first read or version question was answered from it
 */
record CopyLog(Map<Integer, Integer> completed, Map<Integer, Integer> answered) {
    private static final Pattern COMPLETE =
            Pattern.compile("Partition (\\d+): the copy of epoch (\\d+) is complete and durable, exchanged with");
    private static final Pattern ANSWER =
            Pattern.compile("Partition (\\d+): first answer from the copy of epoch (\\d+)");

    static CopyLog of(Cluster cluster, String pod) {
        String log = cluster.target()
                .client()
                .pods()
                .inNamespace(cluster.target().namespace())
                .withName(pod)
                .inContainer(Cluster.CONTAINER)
                .getLog();
        Map<Integer, Integer> completed = new TreeMap<>();
        Map<Integer, Integer> answered = new TreeMap<>();
        List<String> lines = log.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            note(COMPLETE, lines.get(i), i, completed);
            note(ANSWER, lines.get(i), i, answered);
        }
        return new CopyLog(completed, answered);
    }

    private static void note(Pattern pattern, String line, int number, Map<Integer, Integer> notes) {
        Matcher matcher = pattern.matcher(line);
        if (matcher.find()) {
            notes.putIfAbsent(Integer.parseInt(matcher.group(1)), number);
        }
    }

    /** Each partition was copied completely; some answered since, and each of these only afterwards. */
    void assertProvedBeforeAnswering(int partitions) {
        assertThat(completed).hasSize(partitions);
        assertThat(answered).isNotEmpty();
        List<Integer> early = new ArrayList<>();
        answered.forEach((partition, line) -> {
            if (completed.getOrDefault(partition, Integer.MAX_VALUE) > line) {
                early.add(partition);
            }
        });
        assertThat(early)
                .as("partitions that answered before their copy was complete")
                .isEmpty();
    }
}
