package io.kvcluster.local.api.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What the caller may do here, asked by SelfSubjectRulesReview: everything, as nobody is told apart. */
final class OwnRights {
    static final List<String> PATH = List.of("apis", "authorization.k8s.io", "v1", "selfsubjectrulesreviews");

    private OwnRights() {}

    static ObjectNode of(ObjectNode review) {
        ObjectNode answer = review.deepCopy();
        ObjectNode status = answer.putObject("status");
        ObjectNode rule = status.putArray("resourceRules").addObject();
        for (String field : List.of("verbs", "apiGroups", "resources")) {
            rule.putArray(field).add("*");
        }
        ObjectNode paths = status.putArray("nonResourceRules").addObject();
        for (String field : List.of("verbs", "nonResourceURLs")) {
            paths.putArray(field).add("*");
        }
        status.put("incomplete", false);
        return answer;
    }
}
