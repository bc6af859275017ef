package io.kvcluster.operator.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvcluster.operator.moves.Progress;
import io.kvcluster.operator.nodeadmin.Liveness;
import io.kvcluster.operator.observation.Wait;
import io.kvcluster.operator.observation.World;
import io.kvcluster.operator.status.StatusCalculator;
import io.kvcluster.proto.ring.MovePhase;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a real browser. Needs a Chromium ({@code -Dconsole.chromium=}); {@code make console-check} runs it. Pictures are left in
 * {@code target/console}.
 */
class ConsoleCheck {
    private static final Path PICTURES = Path.of("target", "console");
    private static final String ZONES = "{replicas: 6, topology: {zones: [zone-a, zone-b, zone-c]}}";
    private static final int NARROW = 390;

    @TempDir
    Path profile;

    private ConsoleFixture console = new ConsoleFixture(ZONES);
    private Chromium browser;

    @BeforeEach
    void open() throws Exception {
        browser = Chromium.start(Path.of(System.getProperty("console.chromium", "/usr/bin/chromium")), profile);
        browser.screen(1280, 1000, false);
    }

    @AfterEach
    void close() throws Exception {
        browser.close();
        console.close();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(15)).pollInterval(Duration.ofMillis(100));
    }

    private void visit() {
        browser.open(console.uri("/"));
        soon().until(() -> browser.text("#lifeText").startsWith("live"));
    }

    @Test
    void membersRingAndStateAreShownAndNobodyElseIsAsked() throws Exception {
        console.sees();
        tellStatus();
        visit();
        assertThat(browser.value("document.title").asText()).isEqualTo("demo: Ready – kvcluster");
        assertThat(browser.count("#members tbody tr")).isEqualTo(6);
        assertThat(browser.text("#members tbody")).contains("zone-a · 10.0.0.1", "UP", "NORMAL");
        assertThat(browser.count("#ring g")).isEqualTo(64);
        assertThat(browser.count("#ring g path")).isEqualTo(3 * 64);
        assertThat(browser.count("#ring path.down, #ring path.move")).isZero();
        assertThat(browser.text("#ring g title")).isEqualTo("partition 0: " + replicas(0));
        assertThat(browser.text("#facts")).contains("6 of 6", "Ready");
        assertThat(browser.text("#movesText")).isEqualTo("No partition moves.");
        assertThat(browser.text("#conditions")).contains("Available True");
        assertThat(browser.value("document.getElementById('blocked').hidden").asBoolean())
                .isTrue();
        assertThat(browser.value("getComputedStyle(document.querySelector('.swatch')).backgroundColor")
                        .asText())
                .as("the policy lets the page be styled")
                .startsWith("rgb(");
        browser.screenshot(PICTURES.resolve("healthy.png"));
        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.asked())
                .extracting(URI::getAuthority)
                .containsOnly(console.uri("/").getAuthority());
    }

    private String replicas(int partition) {
        return String.join(
                ", ",
                console.world.ring().replicas(partition).stream()
                        .map(member -> member.getName())
                        .toList());
    }

    private void tellStatus(Wait... waits) {
        tellStatus(new Progress.Unknown(), waits);
    }

    private void tellStatus(Progress progress, Wait... waits) {
        var look = console.world.look();
        console.sightings.told(
                look.key(), StatusCalculator.of(look, List.of(waits), waits.length > 0, progress), World.NOW);
    }

    @Test
    void whatChangesIsSeenWithoutAReload() {
        console.sees();
        tellStatus();
        visit();
        String pod = console.world.ring().members().get(1).getName();
        String row = "#members tr[data-member='" + pod + "']";
        assertThat(browser.value("document.querySelector(\"" + row + "\").dataset.status")
                        .asText())
                .isEqualTo("UP");
        console.world.liveness(pod, Liveness.DOWN);
        await().atMost(Duration.ofSeconds(5))
                .until(() -> browser.count(row + "[data-status=DOWN]") == 1 && browser.count("#ring path.down") > 0);
        assertThat(browser.text("#facts")).contains("5 of 6");
        assertThat(browser.text("#ringText")).contains("Grey with a red edge: " + pod);
        console.world.liveness(pod, Liveness.UP);
        soon().until(() -> browser.count("#ring path.down") == 0);
    }

    @Test
    void movesAndWhatIsWaitedForAreShown() throws Exception {
        int[] moving = {3, 4, 5, 6, 7, 8, 20, 21};
        console.world
                .writeRing(MovingRing.of(console.world.ring(), MovePhase.COPY, moving))
                .serveAll();
        console.sees();
        tellStatus(
                new Progress.UnderWay(
                        "ScaleUp", "6 members", moving.length, 40, 3 << 20, "a proof", ConsoleFixture.AHEAD),
                new Wait(
                        "WaitingForMembers",
                        "Pod/demo-x",
                        "<img src=x onerror=alert(1)> has not told its store",
                        "the pod starts"));
        visit();
        assertThat(browser.count("#ring path.move")).isEqualTo(moving.length);
        assertThat(browser.text("#movesText")).isEqualTo("8 partitions move: 8 COPY.");
        assertThat(browser.text("#operation"))
                .startsWith("ScaleUp to 6 members")
                .contains("0 of 40 copies, about 3.0 MiB left", "waits: a proof");
        assertThat(browser.count("#moves li")).isEqualTo(moving.length);
        String joining = console.world.ring().members().getLast().getName();
        assertThat(browser.text("#moves li:first-child")).startsWith("3").endsWith(" → " + joining);
        assertThat(browser.text("#members tr[data-member='" + joining + "']")).contains("JOINING");
        assertThat(browser.text("#blockers"))
                .as("what a cluster says is text, never markup")
                .contains("WaitingForMembers", "<img src=x onerror=alert(1)>", "ends with: the pod starts");
        assertThat(browser.count("#blockers img")).isZero();
        for (boolean dark : new boolean[] {false, true}) {
            browser.screen(1280, 1000, dark);
            browser.screenshot(PICTURES.resolve(dark ? "moves-dark.png" : "moves.png"));
            browser.screen(NARROW, 844, dark);
            browser.screenshot(PICTURES.resolve(dark ? "phone-dark.png" : "phone.png"));
        }
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aKeyIsFoundInTheRing() {
        console.sees();
        visit();
        int partition = console.world.ring().partitionOf("a key".getBytes(StandardCharsets.UTF_8));
        browser.value("document.getElementById('key').value = 'a key'");
        browser.value("document.querySelector('#find button').click()");
        soon().until(() -> browser.text("#found").startsWith("Partition " + partition + ": " + replicas(partition)));
        soon().until(() -> browser.count("#ring path.found") == 1);
        browser.value("document.getElementById('key').value = ''");
        browser.value("document.querySelector('#find button').click()");
        soon().until(() -> browser.text("#found").contains("must be 1..4096 bytes"));
    }

    @Test
    void anOperatorThatIsAwayIsSaidAndSeenWhenItIsBack() throws Exception {
        console.sees();
        tellStatus();
        visit();
        int port = console.port();
        console.close();
        soon().until(() -> browser.text("#lifeText").equals("operator away"));
        assertThat(browser.text("#notice"))
                .contains("does not answer; what is shown is of", "Storage nodes serve on without it");
        assertThat(browser.value("getComputedStyle(document.querySelector('main')).opacity")
                        .asDouble())
                .isLessThan(1);
        browser.screenshot(PICTURES.resolve("away.png"));
        console = new ConsoleFixture(World.settled(ZONES), true, port).sees();
        soon().until(() -> browser.text("#lifeText").startsWith("live"));
        assertThat(browser.value("document.getElementById('notice').hidden").asBoolean())
                .isTrue();
    }

    @Test
    void whatIsOldIsNotShownAsLive() {
        console.sees();
        visit();
        console.standing = new Standing.Leading(false);
        soon().until(() -> browser.text("#lifeText").equals("stale"));
        assertThat(browser.text("#notice")).contains("may be over: a watch on the API server is broken");
        console.standing = new Standing.Standby(Optional.of("kv-operator-7"));
        soon().until(() -> browser.text("#lifeText").equals("standby"));
        assertThat(browser.text("#notice")).contains("kubectl port-forward pod/kv-operator-7 8080");
        assertThat(browser.value("document.getElementById('main').hidden").asBoolean())
                .isTrue();
        console.standing = new Standing.Leading(true);
        soon().until(() -> browser.text("#lifeText").startsWith("live"));
    }

    @Test
    void oneOfSeveralClustersIsChosen() {
        console.sees();
        tellStatus();
        console.seesToo("other", "second");
        visit();
        assertThat(browser.value("document.getElementById('which').hidden").asBoolean())
                .isFalse();
        assertThat(browser.text("#facts")).contains("ns/demo");
        browser.value("const s = document.getElementById('clusters'); s.value = 'other/second';"
                + " s.dispatchEvent(new Event('change'))");
        soon().until(() -> browser.text("#facts").contains("other/second"));
        assertThat(browser.text("#ring")).contains("no ring yet");
        browser.open(console.uri("/console#ns%2Fdemo"));
        soon().until(() -> browser.text("#facts").contains("ns/demo"));
    }

    @Test
    void itIsReadableOnAPhoneInLightAndDark() {
        console.sees();
        tellStatus(new Wait("X".repeat(40), "Pod/" + "y".repeat(200), "z".repeat(300), "w"));
        visit();
        for (boolean dark : new boolean[] {false, true}) {
            browser.screen(NARROW, 844, dark);
            assertThat(browser.value("document.documentElement.scrollWidth").asInt())
                    .as("nothing sticks out")
                    .isLessThanOrEqualTo(NARROW);
            assertThat(contrast("body", "main section"))
                    .as("contrast of text, dark " + dark)
                    .isGreaterThan(7);
            assertThat(contrast(".quiet", "main section"))
                    .as("contrast of quiet text, dark " + dark)
                    .isGreaterThan(4.5);
            for (String status : List.of(".good", ".warn")) {
                assertThat(contrast(status, "main section")).as(status).isGreaterThan(4.5);
            }
        }
    }

    /** By the formula of WCAG 2. */
    private double contrast(String text, String ground) {
        return browser.value("""
                (() => {
                  const light = colour => {
                    const [r, g, b] = colour.match(/[0-9.]+/g).map(Number).map(v => v / 255)
                      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                  };
                  const a = light(getComputedStyle(document.querySelector('%s')).color);
                  const b = light(getComputedStyle(document.querySelector('%s')).backgroundColor);
                  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                })()""".formatted(text, ground)).asDouble();
    }
}
