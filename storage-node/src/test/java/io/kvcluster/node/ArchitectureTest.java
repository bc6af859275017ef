package io.kvcluster.node;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of rooms in ARCHITECTURE.md, as rules. A room that is not in the table fails, so that the table stays whole. */
class ArchitectureTest {
    private static final String ROOT = "io.kvcluster.node";
    private static final JavaClasses NODE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** Room -> what it may import of ours, besides itself and seams. "ring" and "proto" are the modules. */
    private static final Map<String, Set<String>> MAY_IMPORT = new TreeMap<>(Map.ofEntries(
            Map.entry("seams", Set.of()),
            Map.entry("command", Set.of()),
            Map.entry("version", Set.of("command")),
            Map.entry("storage", Set.of("command", "version")),
            Map.entry("wire", Set.of("command", "proto")),
            Map.entry("replica", Set.of("storage", "version", "command", "ring")),
            Map.entry("peer", Set.of("command", "version", "ring", "proto")),
            Map.entry("resolver", Set.of("command", "spi")),
            Map.entry(
                    "coordinator",
                    Set.of("replica", "resolver", "peer", "version", "command", "wire", "ring", "proto")),
            Map.entry("repair", Set.of("replica", "peer", "storage", "version", "command", "ring", "proto")),
            Map.entry("membership", Set.of("ring", "peer", "proto")),
            Map.entry("rpc", Set.of("coordinator", "command", "wire", "ring", "proto")),
            Map.entry("admin", Set.of("membership", "replica", "repair", "ring", "proto")),
            Map.entry("telemetry", Set.of("command"))));

    static List<String> rooms() {
        return new ArrayList<>(MAY_IMPORT.keySet());
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomImportsOnlyWhatTheTableAllows(String room) {
        Set<String> allowed = new TreeSet<>(MAY_IMPORT.get(room));
        allowed.add(room);
        allowed.add("seams");
        DescribedPredicate<JavaClass> ours = resideInAnyPackage("io.kvcluster..");
        DescribedPredicate<JavaClass> permitted = resideInAnyPackage(
                allowed.stream().map(ArchitectureTest::packageOf).toArray(String[]::new));
        noClasses()
                .that()
                .resideInAPackage(packageOf(room))
                .should()
                .dependOnClassesThat(ours.and(DescribedPredicate.not(permitted)))
                .allowEmptyShould(true)
                .as("room " + room + " imports only " + allowed)
                .check(NODE);
    }

    private static String packageOf(String name) {
        return switch (name) {
            case "ring" -> "io.kvcluster.ring..";
            case "proto" -> "io.kvcluster.proto..";
            case "spi" -> "io.kvcluster.resolver..";
            default -> ROOT + "." + name + "..";
        };
    }

    @Test
    void everyPackageIsARoomOfTheTableOrTheRoot() {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : NODE) {
            String name = type.getPackageName();
            if (!name.equals(ROOT)) {
                found.add(name.substring(ROOT.length() + 1).split("\\.")[0]);
            }
        }
        assertThat(MAY_IMPORT.keySet()).containsAll(found);
        assertThat(found).contains("command", "seams", "peer", "membership", "admin");
    }

    @Test
    void roomsFormNoCycle() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(NODE);
    }

    @Test
    void nothingButTheRootWires() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT)
                .check(NODE);
    }

    @Test
    void onlyStorageKnowsMapDb() {
        onlyIn("org.mapdb..", "storage").check(NODE);
    }

    @Test
    void onlyPeerAdminRpcAndTheThreadsOfTheNetworkKnowGrpc() {
        onlyIn("io.grpc..", "peer", "admin", "rpc", "seams").check(NODE);
    }

    @Test
    void onlyRpcKnowsHelidon() {
        onlyIn("io.helidon..", "rpc").check(NODE);
    }

    @Test
    void onlyTelemetryKnowsOpenTelemetry() {
        onlyIn("io.opentelemetry..", "telemetry").check(NODE);
    }

    private static ArchRule onlyIn(String library, String... rooms) {
        String[] packages = new String[rooms.length + 1];
        for (int i = 0; i < rooms.length; i++) {
            packages[i] = packageOf(rooms[i]);
        }
        packages[rooms.length] = ROOT;
        return noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat(resideInAPackage(library))
                .as("only " + List.of(rooms) + " (and the root) import " + library);
    }

    @Test
    void timeAndChanceComeThroughTheSeams() {
        timeAndChance().check(NODE);
    }

    private static ArchRule timeAndChance() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".seams..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Random.class, ThreadLocalRandom.class, java.security.SecureRandom.class)
                .as("time and chance come through Environment");
    }

    @Test
    void filesComeThroughTheDisk() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".seams..", ROOT + ".storage..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.Files")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(java.io.File.class, java.io.RandomAccessFile.class, java.nio.channels.FileChannel.class)
                .check(NODE);
    }

    @Test
    void domainCodeHasOneOwnerAndNoLocks() {
        DescribedPredicate<JavaClass> locks = resideInAPackage("java.util.concurrent.locks")
                .or(DescribedPredicate.describe(
                        "a concurrent map",
                        type -> type.isEquivalentTo(ConcurrentHashMap.class)
                                || type.isEquivalentTo(ConcurrentSkipListMap.class)));
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".seams..")
                .should()
                .dependOnClassesThat(locks)
                .check(NODE);
        classes()
                .that()
                .resideOutsideOfPackage(ROOT + ".seams..")
                .should(new ArchCondition<JavaClass>("have no synchronized method") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getMethods().stream()
                                .filter(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                                .forEach(method -> events.add(SimpleConditionEvent.violated(
                                        method, method.getFullName() + " is synchronized")));
                    }
                })
                .check(NODE);
    }

    @Test
    void noRoomIsADrawer() {
        noClasses()
                .should()
                .resideInAnyPackage(
                        "..util..", "..utils..", "..common..", "..impl..", "..internal..", "..helper..", "..manager..")
                .check(NODE);
        noClasses()
                .should()
                .haveNameMatching(".*\\.(Abstract[A-Z]\\w*|\\w*(Impl|Manager|Helper|Utils?))")
                .check(NODE);
    }

    /** The rules bite: the test's own classes break them. */
    @Test
    void aRuleThatIsBrokenFails() {
        JavaClasses offender = new ClassFileImporter().importClasses(io.kvcluster.node.peer.LooksAtTheClock.class);
        assertThatThrownBy(() -> timeAndChance().check(offender))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("nanoTime");
    }
}
