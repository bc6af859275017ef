package io.kvcluster.operator.status;

import io.kvcluster.crd.KvClusterStatus;
import io.kvcluster.crd.MemberStatus;
import io.kvcluster.operator.nodeadmin.NodeReport;
import io.kvcluster.operator.nodeadmin.NodeState;
import io.kvcluster.operator.observation.Observation;
import io.kvcluster.operator.observation.PodView;
import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The members of the ring, and the pods that are to become members. */
final class Members {
    private final Observation world;
    private final @Nullable KvClusterStatus before;

    private Members(Observation world, @Nullable KvClusterStatus before) {
        this.world = world;
        this.before = before;
    }

    static List<MemberStatus> of(Observation world, @Nullable KvClusterStatus before) {
        return new Members(world, before).all();
    }

    private List<MemberStatus> all() {
        List<MemberStatus> members = new ArrayList<>();
        Optional<Ring> ring = world.ring();
        Set<String> named = new HashSet<>();
        ring.ifPresent(known -> known.members().forEach(member -> {
            named.add(member.getName());
            members.add(member(known, member));
        }));
        world.shape().pods().stream().filter(pod -> !named.contains(pod)).forEach(pod -> members.add(candidate(pod)));
        members.sort(Comparator.comparing(MemberStatus::name).thenComparing(MemberStatus::state));
        return members;
    }

    private MemberStatus member(Ring ring, Member member) {
        boolean lost = world.hasLostStore(member);
        MemberStatus old = old(member);
        boolean live = live(member.getName(), old) && !lost;
        return new MemberStatus(
                member.getName(),
                member.getStoreId(),
                emptyToNull(member.getZone()),
                address(member.getName()),
                lost && member.getState() != MemberState.REPLACED
                        ? "LOST_STORE"
                        : member.getState().name(),
                live,
                since(live, old),
                ring.partitionsOf(member.getStoreId()).size(),
                world.report(member).map(NodeReport::ringEpoch).orElse(old == null ? null : old.epoch()));
    }

    private MemberStatus candidate(String name) {
        Optional<PodView> pod = world.pod(name);
        Optional<NodeReport> report = pod.flatMap(PodView::report);
        MemberStatus old = old(name);
        boolean live = live(name, old);
        return new MemberStatus(
                name,
                report.map(NodeReport::storeId).filter(id -> !id.isEmpty()).orElse(old == null ? null : old.storeId()),
                pod.map(PodView::zone).map(Members::emptyToNull).orElse(old == null ? null : old.zone()),
                address(name),
                report.map(told -> told.phase().name()).orElse("PENDING"),
                live,
                since(live, old),
                0,
                null);
    }

    /** What was said of a pod before holds until the operator, just started, knows better. */
    private boolean live(String name, @Nullable MemberStatus old) {
        return isKept(name, old) || world.pod(name).map(PodView::isUp).orElse(false);
    }

    private boolean isKept(String name, @Nullable MemberStatus old) {
        return old != null
                && old.live()
                && Objects.equals(old.address(), address(name))
                && world.pod(name).map(PodView::isUndecided).orElse(false);
    }

    /** Whether anything of the status before is still taken for true without having been heard again. */
    static boolean keepsAny(Observation world, @Nullable KvClusterStatus before) {
        Members members = new Members(world, before);
        return before != null && before.members().stream().anyMatch(old -> members.isKept(old.name(), old));
    }

    private @Nullable String since(boolean live, @Nullable MemberStatus old) {
        return old != null && old.live() == live && old.since() != null
                ? old.since()
                : world.now().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private @Nullable String address(String pod) {
        return world.pod(pod).flatMap(PodView::address).orElse(null);
    }

    /** A store that is given up and the one in its place have one name. */
    private @Nullable MemberStatus old(Member member) {
        MemberStatus named = old(member.getName());
        return before == null
                ? null
                : before.members().stream()
                        .filter(old -> member.getStoreId().equals(old.storeId()))
                        .findFirst()
                        .orElse(named != null && named.storeId() == null ? named : null);
    }

    private @Nullable MemberStatus old(String name) {
        return before == null
                ? null
                : before.members().stream()
                        .filter(member -> name.equals(member.name()))
                        .findFirst()
                        .orElse(null);
    }

    static String versions(Observation world) {
        return String.join(
                ", ",
                world.pods().values().stream()
                        .flatMap(pod -> pod.state().flatMap(NodeState::report).stream())
                        .map(NodeReport::version)
                        .filter(version -> !version.isEmpty())
                        .sorted()
                        .distinct()
                        .toList());
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
