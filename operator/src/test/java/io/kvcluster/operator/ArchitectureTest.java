package io.kvcluster.operator;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rooms of the operator and who may import whom. */
class ArchitectureTest {
    private static final String ROOT = "io.kvcluster.operator";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void roomsImportOnlyWhatTheyMay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("root")
                .definedBy(ROOT)
                .layer("cluster")
                .definedBy(ROOT + ".cluster")
                .layer("console")
                .definedBy(ROOT + ".console")
                .layer("status")
                .definedBy(ROOT + ".status")
                .layer("rollout")
                .definedBy(ROOT + ".rollout")
                .layer("moves")
                .definedBy(ROOT + ".moves")
                .layer("volumes")
                .definedBy(ROOT + ".volumes")
                .layer("observation")
                .definedBy(ROOT + ".observation")
                .layer("nodeadmin")
                .definedBy(ROOT + ".nodeadmin")
                .layer("resources")
                .definedBy(ROOT + ".resources")
                .whereLayer("root")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("cluster")
                .mayOnlyBeAccessedByLayers("root")
                .whereLayer("console")
                .mayOnlyBeAccessedByLayers("root")
                .whereLayer("status")
                .mayOnlyBeAccessedByLayers("cluster")
                .whereLayer("rollout")
                .mayOnlyBeAccessedByLayers("cluster")
                .whereLayer("moves")
                .mayOnlyBeAccessedByLayers("cluster", "status", "console")
                .whereLayer("volumes")
                .mayOnlyBeAccessedByLayers("cluster", "moves")
                .whereLayer("observation")
                .mayOnlyBeAccessedByLayers("cluster", "console", "status", "rollout", "moves", "volumes", "root")
                .whereLayer("nodeadmin")
                .mayOnlyBeAccessedByLayers("cluster", "console", "status", "rollout", "moves", "observation", "root")
                .check(CLASSES);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyNodeAdminKnowsGrpc() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".nodeadmin")
                .should()
                .dependOnClassesThat(resideInAPackage("io.grpc.."))
                .check(CLASSES);
    }

    @Test
    void onlyClusterAndRootKnowTheFramework() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".cluster")
                .should()
                .dependOnClassesThat(resideInAPackage("io.javaoperatorsdk.."))
                .check(CLASSES);
    }

    @Test
    void decisionsDoNotTalkToAnApiServer() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        ROOT + ".status", ROOT + ".rollout", ROOT + ".moves", ROOT + ".volumes", ROOT + ".resources")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient")
                .check(CLASSES);
    }

    @Test
    void nobodyReadsAClockButTheRoot() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .check(CLASSES);
    }

    @Test
    void theOperatorKnowsNothingOfStorageNodes() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.kvcluster.node.."))
                .check(CLASSES);
    }

    @Test
    void resourcesAreFinal() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".resources")
                .and()
                .areTopLevelClasses()
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
                .check(CLASSES);
    }
}
