package io.kvcluster.node.rpc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvcluster.node.command.Key;
import io.kvcluster.node.command.KeyLister;
import io.kvcluster.node.command.Reason;
import io.kvcluster.node.wire.RequestRules;
import java.util.List;
import java.util.Optional;

/** /keys: pages of the keys of this node's own replica of a partition. */
final class HttpKeys {
    private static final String PARTITION = "partition";
    private static final String AFTER = "after";
    private static final String LIMIT = "limit";
    private static final List<String> PARAMETERS = List.of(PARTITION, AFTER, LIMIT, HttpParameters.KEY_ENCODING);

    private final KeyLister keys;
    private final HttpOperations operations;

    HttpKeys(KeyLister keys, HttpOperations operations) {
        this.keys = keys;
        this.operations = operations;
    }

    HttpAnswer get(HttpCall call) {
        HttpQuery.Parameters query = call.query().read(PARAMETERS);
        call.body().refuseAny("GET");
        Optional<Key> after = query.raw(AFTER).map(encoded -> HttpParameters.keyInUrl(AFTER, encoded, true, query));
        KeyLister.Question question = new KeyLister.Question(
                RequestRules.partition(PARTITION, number(PARTITION, query)),
                after,
                RequestRules.keysPerPage(LIMIT, query.text(LIMIT).isEmpty() ? 0 : number(LIMIT, query)));
        return switch (operations.list(keys, question, call.arrivedNanos())) {
            case KeyLister.Answer.Page page -> page(question.partition(), page);
            case KeyLister.Answer.Refused refused -> HttpProblems.answer(Problem.of(refused.why()));
        };
    }

    private static HttpAnswer page(int partition, KeyLister.Answer.Page page) {
        ObjectNode json = HttpJson.newObject();
        json.put("partition", partition);
        ArrayNode listed = json.putArray("keys");
        page.keys().forEach(key -> HttpResults.key(key, listed.addObject()));
        json.put("last", page.last());
        json.put("ringEpoch", page.ringEpoch());
        return HttpAnswer.json(200, HttpJson.write(json));
    }

    private static long number(String name, HttpQuery.Parameters query) {
        String text = query.text(name).orElse("");
        if (!text.matches("[0-9]{1,10}")) {
            throw HttpParameters.refusal(Reason.INVALID_PARAMETER, name, text, "a whole number, 0 or more");
        }
        return Long.parseLong(text);
    }
}
