package io.kvcluster.e2e.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AbilityTest {
    @Test
    void everyTagThatAScenarioMayCarryNamesAnAbilityAndTheOtherWayRound() {
        var constants = Arrays.stream(Ability.class.getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == String.class)
                .map(AbilityTest::value)
                .toList();
        assertThat(constants)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Ability.values()).map(Ability::tag).toList());
    }

    private static String value(Field field) {
        try {
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
