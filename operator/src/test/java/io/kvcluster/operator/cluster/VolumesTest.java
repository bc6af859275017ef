package io.kvcluster.operator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvcluster.operator.resources.Labels;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Volumes that grow, and volumes of members that left. {@link Stage} checks each write against what must never happen. */
class VolumesTest {
    private static final String THREE = "{replicas: 3, partitions: 16}";
    private static final String SIX = "{replicas: 6, partitions: 16}";
    private static final String LARGER = "{replicas: 3, partitions: 16, storage: {size: 20Gi}}";
    private static final String SIX_LARGER = "{replicas: 6, partitions: 16, storage: {size: 20Gi}}";
    private static final String THREE_ASIDE = "{replicas: 3, partitions: 16, storage: {reclaim: Quarantine}}";
    private static final String SIX_ASIDE = "{replicas: 6, partitions: 16, storage: {reclaim: Quarantine}}";
    private static final int MOST_WRITES = 400;

    // --- growth

    @Test
    void claimsGrowThenTheStatefulSetIsMadeAnewAndNoPodIsTouched() {
        Stage stage = Stage.settled(THREE).want(LARGER).run();
        assertGrown(stage, 3);
        assertThat(stage.started).isEmpty();
        assertThat(stage.done.indexOf("grows PersistentVolumeClaim/data-demo-2 from 10Gi to 20Gi"))
                .isBetween(0, indexOf(stage, "makes StatefulSet/demo anew"));
        assertThat(indexOf(stage, "makes StatefulSet/demo anew"))
                .isLessThan(indexOf(stage, "creates StatefulSet/demo"));
        assertThat(stage.ring().epoch()).isEqualTo(1);
    }

    @Test
    void podsThatComeLaterGetTheLargerVolumeAtOnce() {
        Stage stage = Stage.settled(THREE).want(LARGER).run();
        stage.done.clear();
        stage.want(SIX_LARGER).run();
        assertGrown(stage, 6);
        assertThat(stage.done).noneMatch(step -> step.startsWith("grows"));
    }

    @Test
    void anOperatorThatDiesBetweenAnyTwoWritesOfAGrowthIsFollowedByOneThatEndsTheSame() {
        diesAfterEachWrite(THREE, LARGER, 5, stage -> {
            assertGrown(stage, 3);
            assertThat(stage.started).isEmpty();
        });
    }

    @Test
    void theSameWhileMembersComeAndWhileTheyGo() {
        diesAfterEachWrite(THREE, SIX_LARGER, 17, stage -> assertGrown(stage, 6));
        diesAfterEachWrite(SIX, LARGER, 17, stage -> assertThat(stage.pods()).hasSize(3));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 8, 12, 16, 20})
    void aStatefulSetThatIsGoneInTheMiddleOfMovesIsMadeForEveryPodThatIsThere(int passes) {
        for (String[] way : List.of(new String[] {SIX, THREE}, new String[] {THREE, SIX})) {
            Stage stage = Stage.settled(way[0]).want(way[1]).passes(passes);
            List<String> pods = stage.pods();
            stage.world.remove(StatefulSet.class, "demo");
            stage.passes(1);
            assertThat(stage.pods()).containsAll(pods);
            stage.run();
            assertThat(stage.pods()).hasSize(way[1].equals(SIX) ? 6 : 3);
            assertThat(stage.waits()).isEmpty();
        }
    }

    @Test
    void aSmallerSizeIsRefusedByNameAndNothingIsDone() {
        Stage stage = Stage.settled(LARGER).want(THREE).run();
        assertThat(stage.done).isEmpty();
        assertThat(stage.status().conditions())
                .anySatisfy(condition -> assertThat(condition.getMessage())
                        .contains("spec.storage.size may only grow: it was 20Gi and cannot become 10Gi"));
    }

    @Test
    void whatTheDriverHasNotResizedYetIsToldAndHoldsNothingUp() {
        Stage stage = Stage.settled(THREE).want(LARGER).run();
        stage.world.claim(
                "demo-1",
                claim -> new PersistentVolumeClaimBuilder(claim)
                        .withNewStatus()
                        .addToCapacity("storage", new Quantity("10Gi"))
                        .addNewCondition()
                        .withType("FileSystemResizePending")
                        .withMessage("waiting for the pod")
                        .endCondition()
                        .endStatus()
                        .build());
        stage.passes(1);
        assertThat(stage.waits()).containsExactly("VolumeNotResized PersistentVolumeClaim/data-demo-1");
        assertThat(stage.why())
                .isEqualTo("it asks for 20Gi and has 10Gi; FileSystemResizePending: waiting for the pod");
        stage.want(SIX_LARGER).run();
        assertThat(stage.ring().members()).hasSize(6);
    }

    // --- quarantine

    @Test
    void claimsOfThoseWhoLeftAreSetAsideAndHoldNobodyUp() {
        Stage stage = Stage.settled(SIX_ASIDE).want(THREE_ASIDE).run();
        assertThat(stage.waits()).isEmpty();
        assertThat(quarantined(stage)).containsExactly("data-demo-3", "data-demo-4", "data-demo-5");
        assertThat(stage.status().phase()).isEqualTo("Ready");
        int before = stage.done.size();
        stage.passes(3);
        assertThat(stage.done).hasSize(before);
    }

    @Test
    void noPodStartsOnAVolumeInQuarantineUntilAHumanTakesTheLabelAway() {
        Stage stage = Stage.settled(SIX_ASIDE).want(THREE_ASIDE).run().want(SIX_ASIDE);
        stage.run();
        assertThat(stage.pods()).hasSize(3);
        assertThat(stage.waits()).contains("QuarantinedVolume PersistentVolumeClaim/data-demo-3");
        release(stage, "demo-3");
        stage.run();
        assertThat(stage.pods()).hasSize(4);
        assertThat(stage.waits()).contains("QuarantinedVolume PersistentVolumeClaim/data-demo-4");
        release(stage, "demo-4");
        release(stage, "demo-5");
        stage.run();
        assertThat(stage.waits()).isEmpty();
        assertThat(stage.ring().members()).hasSize(6);
        assertThat(stage.marks()).isEmpty();
        assertThat(quarantined(stage)).isEmpty();
    }

    @Test
    void settingTheSpecBackEndsTheWaitForAVolumeInQuarantine() {
        Stage stage = Stage.settled(SIX_ASIDE).want(THREE_ASIDE).run().want(SIX_ASIDE);
        stage.run().want(THREE_ASIDE).run();
        assertThat(stage.waits()).isEmpty();
        assertThat(stage.status().phase()).isEqualTo("Ready");
    }

    @Test
    void anOperatorThatDiesBetweenAnyTwoWritesOfAScaleDownQuarantinesAllTheSame() {
        diesAfterEachWrite(SIX_ASIDE, THREE_ASIDE, 17, stage -> {
            assertThat(stage.pods()).hasSize(3);
            assertThat(quarantined(stage)).containsExactly("data-demo-3", "data-demo-4", "data-demo-5");
        });
    }

    @Test
    void whatIsInQuarantineIsNotDeletedWhenTheSpecSaysDeleteLater() {
        Stage stage = Stage.settled(SIX_ASIDE).want(THREE_ASIDE).run();
        stage.want("{replicas: 3, partitions: 16, storage: {reclaim: Delete}}").run();
        assertThat(stage.world.claims()).hasSize(6);
        release(stage, "demo-4");
        stage.run();
        assertThat(stage.world.claims()).hasSize(5).doesNotContainKey("data-demo-4");
    }

    @Test
    void aMembersClaimInQuarantineStillStopsAll() {
        Stage stage = Stage.settled(THREE);
        stage.world.claimLabel("demo-1", Labels.QUARANTINED, "2026");
        stage.want(SIX).run();
        assertThat(stage.waits()).containsExactly("QuarantinedVolume PersistentVolumeClaim/data-demo-1");
        assertThat(stage.pods()).hasSize(3);
    }

    // --- the same volumes again and again

    @Test
    void membersThatComeAndGoOnTheirRetainedVolumesNeverCountWithWhatTheyHeldBefore() {
        Stage stage = Stage.settled(THREE);
        Map<String, Integer> index = new TreeMap<>();
        for (int round = 0; round < 3; round++) {
            stage.want(SIX).run();
            assertThat(stage.waits()).isEmpty();
            for (String pod : List.of("demo-3", "demo-4", "demo-5")) {
                int now = stage.ring().member(stage.storeOf(pod)).orElseThrow().getIndex();
                Integer before = index.put(pod, now);
                assertThat(before == null || now > before)
                        .as("%s joins as another member each time", pod)
                        .isTrue();
            }
            stage.want(THREE).run();
            assertThat(stage.waits()).isEmpty();
            assertThat(stage.pods()).hasSize(3);
            assertThat(stage.world.claims()).hasSize(6);
        }
    }

    private static void release(Stage stage, String pod) {
        stage.world.claim(pod, Stage::released);
    }

    private static List<String> quarantined(Stage stage) {
        return stage.world.claims().values().stream()
                .filter(claim -> claim.getMetadata().getLabels().containsKey(Labels.QUARANTINED))
                .map(claim -> claim.getMetadata().getName())
                .sorted()
                .toList();
    }

    private static void diesAfterEachWrite(String from, String to, int atLeast, Consumer<Stage> ends) {
        for (int writes = 0; writes < MOST_WRITES; writes++) {
            Stage stage = Stage.settled(from).want(to).diesAfter(writes);
            try {
                stage.run();
                assertThat(writes).as("deaths").isGreaterThanOrEqualTo(atLeast);
                return;
            } catch (Stage.Died _) {
                ends.accept(stage.operatorRestarts().run());
            }
        }
        throw new AssertionError("not done after " + MOST_WRITES + " writes");
    }

    private static void assertGrown(Stage stage, int members) {
        assertThat(stage.waits()).isEmpty();
        assertThat(stage.pods()).hasSize(members);
        assertThat(stage.ring().members()).hasSize(members);
        assertThat(stage.world.claims().values())
                .hasSize(members)
                .allMatch(claim -> sizeOf(claim).equals("20Gi"));
        assertThat(stage.world.all(StatefulSet.class)).singleElement().satisfies(set -> {
            assertThat(set.getSpec().getReplicas()).isEqualTo(members);
            assertThat(sizeOf(set.getSpec().getVolumeClaimTemplates().getFirst()))
                    .isEqualTo("20Gi");
        });
    }

    private static String sizeOf(PersistentVolumeClaim claim) {
        return claim.getSpec().getResources().getRequests().get("storage").toString();
    }

    private static int indexOf(Stage stage, String part) {
        for (int i = 0; i < stage.done.size(); i++) {
            if (stage.done.get(i).contains(part)) {
                return i;
            }
        }
        throw new AssertionError(part + " was not done: " + stage.done);
    }
}
