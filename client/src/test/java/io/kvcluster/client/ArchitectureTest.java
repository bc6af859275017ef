package io.kvcluster.client;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvcluster.client");

    @Test
    void theLibraryKnowsNothingOfItsUsers() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("library")
                .definedBy("io.kvcluster.client")
                .layer("bulk")
                .definedBy("io.kvcluster.client.bulk")
                .layer("bench")
                .definedBy("io.kvcluster.client.bench")
                .layer("plot")
                .definedBy("io.kvcluster.client.plot")
                .layer("cli")
                .definedBy("io.kvcluster.client.cli")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("bench")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("plot")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("bulk")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("library")
                .mayOnlyBeAccessedByLayers("bulk", "bench", "cli")
                .check(CLASSES);
    }

    @Test
    void onlyTheLibrarySpeaksGrpc() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.kvcluster.client")
                .should()
                .dependOnClassesThat(resideInAPackage("io.grpc.."))
                .check(CLASSES);
    }

    @Test
    void onlyTheCommandLineParsesArgumentsAndConfiguresLogs() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.kvcluster.client.cli")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "ch.qos.logback..")
                .check(CLASSES);
    }

    @Test
    void theModuleStandsOnRingAndProtoAlone() {
        classes()
                .that()
                .resideInAPackage("io.kvcluster..")
                .should()
                .onlyDependOnClassesThat(resideInAPackage("io.kvcluster.client..")
                        .or(resideInAPackage("io.kvcluster.ring.."))
                        .or(resideInAPackage("io.kvcluster.proto.."))
                        .or(com.tngtech.archunit.base.DescribedPredicate.not(resideInAPackage("io.kvcluster.."))))
                .check(CLASSES);
        slices().matching("io.kvcluster.client.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
