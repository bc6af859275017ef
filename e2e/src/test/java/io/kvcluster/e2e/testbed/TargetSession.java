package io.kvcluster.e2e.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives the one target of a run to the scenarios, and refuses those that it cannot serve. */
final class TargetSession implements ParameterResolver, BeforeEachCallback {
    private static final Namespace SESSION = Namespace.create(TargetSession.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Target.class;
    }

    @Override
    public Target resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return target(context);
    }

    /** A scenario that is selected but cannot run is a mistake in the build, never a silent pass. */
    @Override
    public void beforeEach(ExtensionContext context) {
        Target target = target(context);
        Set<String> able = target.abilities().stream().map(Ability::tag).collect(Collectors.toSet());
        Set<String> known = Arrays.stream(Ability.values()).map(Ability::tag).collect(Collectors.toSet());
        Set<String> needed = context.getTags().stream()
                .filter(tag -> tag.startsWith("needs-"))
                .collect(Collectors.toSet());
        assertThat(known).as("tags of %s", context.getDisplayName()).containsAll(needed);
        assertThat(able)
                .as("abilities of target %s, needed by %s", target.name(), context.getDisplayName())
                .containsAll(needed);
    }

    private static Target target(ExtensionContext context) {
        return context.getRoot().getStore(SESSION).computeIfAbsent(Target.class, _ -> open(), Target.class);
    }

    private static Target open() {
        return switch (Settings.target()) {
            case "local" -> new LocalTarget();
            case "kubernetes" -> KubernetesTarget.open();
            case "k3s" -> K3sTarget.start();
            default ->
                throw new IllegalArgumentException(
                        "e2e.target is '" + Settings.target() + "', but must be local, kubernetes or k3s");
        };
    }
}
