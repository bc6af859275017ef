package io.kvcluster.ring.change;

import io.kvcluster.proto.ring.Member;
import io.kvcluster.proto.ring.MemberState;
import io.kvcluster.ring.Ring;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Who goes when members become fewer: one after the other, the highest ordinal of the largest zone. Who is leaving already goes first. */
public final class Leavers {
    private static final Comparator<Member> BY_ORDINAL =
            Comparator.<Member>comparingInt(member -> ordinal(member.getName())).thenComparing(Member::getName);

    private Leavers() {}

    /** Store ids; empty when the ring has no more members than are to remain. @param remain members, at least 1 */
    public static Set<String> choose(Ring ring, int remain) {
        List<Member> members = new ArrayList<>();
        Map<String, Integer> sizes = new HashMap<>();
        for (Member member : ring.members()) {
            if (member.getState() != MemberState.REPLACED) {
                members.add(member);
                sizes.merge(member.getZone(), 1, Integer::sum);
            }
        }
        Set<String> leave = new TreeSet<>();
        while (members.size() > remain) {
            Member next = members.stream()
                    .max(Comparator.<Member, Boolean>comparing(member -> member.getState() == MemberState.LEAVING)
                            .thenComparing(member -> sizes.getOrDefault(member.getZone(), 0))
                            .thenComparing(BY_ORDINAL))
                    .orElseThrow();
            members.remove(next);
            sizes.merge(next.getZone(), -1, Integer::sum);
            leave.add(next.getStoreId());
        }
        return leave;
    }

    /** Of {@code demo-12}: 12; -1 without one. */
    static int ordinal(String name) {
        String digits = name.substring(name.lastIndexOf('-') + 1);
        return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : -1;
    }
}
