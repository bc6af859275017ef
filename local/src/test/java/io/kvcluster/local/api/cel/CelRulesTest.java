package io.kvcluster.local.api.cel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvcluster.local.api.error.FieldError;
import io.kvcluster.local.api.json.Json;
import io.kvcluster.local.api.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CelRulesTest {
    private static JsonNode yaml(String text) throws Exception {
        return Json.parseYaml(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Schema schema(String rule) throws Exception {
        return Schema.of(yaml("{type: object, properties: {n: {type: integer}, s: {type: string}, l: {type: array,"
                + " items: {type: string}}, namespace: {type: string}, q: {x-kubernetes-int-or-string: true}},"
                + " x-kubernetes-validations: [{rule: \"" + rule + "\", message: it is not}]}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quantity('1Gi').isGreaterThan(quantity('1000Mi'))",
                "quantity('500m').add(quantity('500m')) == quantity('1')",
                "quantity('2k').sub(1).asInteger() == 1999",
                "quantity(self.s).compareTo(quantity('1Gi')) == 0",
                "!isQuantity('ten') && isQuantity('1.5Gi') && isQuantity('1e3')",
                "quantity('-1').sign() == -1",
                "quantity('1').isInteger() && !quantity('1m').isInteger()",
                "self.l.isSorted() && self.l.min() == 'a' && self.l.max() == 'b'",
                "self.l.indexOf('b') == 1 && self.l.lastIndexOf('c') == -1",
                "[1, 2, 3].sum() == 6",
                "'abc 123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2']",
                "self.l.all(x, x.size() == 1) && self.l.exists_one(x, x == 'a')",
                "'A,b'.lowerAscii().split(',') == ['a', 'b'] && ' x '.trim() == 'x'",
                "sets.contains(self.l, ['a'])",
                "duration('90s') > duration('1m') && duration('500ms') < duration('1s')",
                "has(self.n) && !has(self.q)",
                "self.__namespace__ == 'ns'",
                "self.n < 3.5",
                "self.?q.orValue(7) == 7",
                "self.s.matches('^[0-9]+Gi$')"
            })
    void kubernetesFunctionsAreThere(String rule) throws Exception {
        JsonNode value = yaml("{n: 3, s: 1Gi, l: [a, b], namespace: ns}");
        assertThat(CelRules.check(value, null, schema(rule))).isEmpty();
    }

    @Test
    void aRuleThatCannotBeEvaluatedIsAnError() throws Exception {
        List<FieldError> errors = CelRules.check(yaml("{}"), null, schema("self.n > 1"));
        assertThat(errors).singleElement().asString().contains("evaluating rule: it is not");
    }

    @Test
    void aTextThatIsNoExpressionIsFoundWhenTheDefinitionIsCreated() throws Exception {
        assertThat(CelRules.compile(schema("self.n >"), "schema"))
                .singleElement()
                .asString()
                .startsWith("schema.x-kubernetes-validations[0].rule: Invalid value");
        assertThat(CelRules.compile(schema("self.n > 1"), "schema")).isEmpty();
    }

    @Test
    void transitionRulesWaitForAnOldValue() throws Exception {
        Schema schema = schema("self.n >= oldSelf.n");
        assertThat(CelRules.check(yaml("{n: 1}"), null, schema)).isEmpty();
        assertThat(CelRules.check(yaml("{n: 1}"), yaml("{n: 1}"), schema)).isEmpty();
        assertThat(CelRules.check(yaml("{n: 1}"), yaml("{n: 2}"), schema)).hasSize(1);
    }

    @Test
    void theWordOldSelfInATextIsNoTransitionRule() throws Exception {
        assertThat(CelRules.check(yaml("{n: 1}"), null, schema("'oldSelf' == 'x'")))
                .hasSize(1);
    }
}
