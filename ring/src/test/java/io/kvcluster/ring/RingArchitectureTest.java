package io.kvcluster.ring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class RingArchitectureTest {
    private final JavaClasses ring = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.kvcluster.ring");

    @Test
    void ringDependsOnlyOnTheWireFormAndItsLibraries() {
        classes()
                .that()
                .resideInAPackage("io.kvcluster.ring..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.kvcluster.ring..",
                        "io.kvcluster.proto.ring",
                        "com.google.protobuf..",
                        "com.google.common..",
                        "org.jspecify..",
                        "java..")
                .check(ring);
    }

    @Test
    void ringIsPure() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Random.class, ThreadLocalRandom.class, Clock.class, Instant.class, UUID.class)
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io", "java.nio.file..", "java.net..", "java.util.concurrent..")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .check(ring);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.kvcluster.(ring..)").should().beFreeOfCycles().check(ring);
    }
}
