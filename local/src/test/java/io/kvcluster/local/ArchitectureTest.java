package io.kvcluster.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which room may use which. */
class ArchitectureTest {
    private static final String ROOT = "io.kvcluster.local";
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private static final Map<String, List<String>> ROOMS = Map.ofEntries(
            Map.entry("api.json", List.of()),
            Map.entry("api.error", List.of("api.json")),
            Map.entry("api.schema", List.of("api.json", "api.error")),
            Map.entry("api.cel", List.of("api.json", "api.error", "api.schema")),
            Map.entry("api.kind", List.of("api.json", "api.error", "api.schema")),
            Map.entry("api.select", List.of("api.json", "api.error")),
            Map.entry("api.patch", List.of("api.json", "api.error", "api.schema")),
            Map.entry("api.store", List.of("api.json", "api.error")),
            Map.entry("api.apply", List.of("api.json", "api.error", "api.schema", "api.kind")),
            Map.entry("api.table", List.of("api.json", "api.kind")),
            Map.entry(
                    "api.resource",
                    List.of(
                            "api.json",
                            "api.error",
                            "api.schema",
                            "api.cel",
                            "api.kind",
                            "api.select",
                            "api.patch",
                            "api.store",
                            "api.apply")),
            Map.entry(
                    "api.http",
                    List.of(
                            "api.json",
                            "api.error",
                            "api.kind",
                            "api.select",
                            "api.store",
                            "api.resource",
                            "api.table",
                            "api.schema")),
            Map.entry(
                    "controllers",
                    List.of("api.json", "api.error", "api.kind", "api.select", "api.store", "api.resource")),
            Map.entry(
                    "kubelet",
                    List.of(
                            "api.json",
                            "api.error",
                            "api.kind",
                            "api.store",
                            "api.resource",
                            "api.http",
                            "controllers")),
            Map.entry("proxy", List.of()));

    @TestFactory
    Stream<DynamicTest> eachRoomUsesOnlyItsNeighbours() {
        return ROOMS.entrySet().stream()
                .map(room -> DynamicTest.dynamicTest(room.getKey(), () -> {
                    String[] allowed = Stream.concat(room.getValue().stream(), Stream.of(room.getKey()))
                            .map(name -> ROOT + "." + name)
                            .toArray(String[]::new);
                    String[] others = Stream.concat(ROOMS.keySet().stream(), Stream.of("cli"))
                            .map(name -> ROOT + "." + name)
                            .filter(name -> !List.of(allowed).contains(name))
                            .toArray(String[]::new);
                    noClasses()
                            .that()
                            .resideInAPackage(ROOT + "." + room.getKey())
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(Stream.concat(Stream.of(others), Stream.of(ROOT))
                                    .toArray(String[]::new))
                            .check(ALL);
                }));
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(ALL);
    }

    @Test
    void onlyTheHttpRoomKnowsTheServerAndOnlyCelKnowsCel() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".api.http")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.sun.net.httpserver..")
                .check(ALL);
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".api.cel")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("dev\\.cel\\..*(Compiler|Runtime|Ast).*")
                .check(ALL);
    }

    @Test
    void onlyTheCommandLineStartsTheOperator() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.kvcluster.operator..")
                .check(ALL);
    }

    @Test
    void nothingKnowsTheClassesOfTheStorageNode() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.kvcluster.node..")
                .check(ALL);
    }

    @Test
    void everyPackageIsNullMarked() {
        classes()
                .that()
                .haveSimpleName("package-info")
                .should()
                .beAnnotatedWith(org.jspecify.annotations.NullMarked.class)
                .check(ALL);
    }
}
