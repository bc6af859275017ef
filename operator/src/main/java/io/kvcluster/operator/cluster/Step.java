package io.kvcluster.operator.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kvcluster.operator.nodeadmin.NodeTarget;
import io.kvcluster.operator.nodeadmin.Publication;
import io.kvcluster.proto.ring.Defaults;
import io.kvcluster.ring.Ring;
import io.kvcluster.ring.change.RingChange.NewMember;
import java.util.List;

/** One thing to do. Safe to do again: a pass that died half-way is simply planned anew. */
sealed interface Step {
    /** For events and metrics, CamelCase. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** A sentence for events and the log. */
    String describe();

    /** Cannot be undone, or interrupts somebody: looked at a second time on the API server before it is run. */
    default boolean needsSecondLook() {
        return false;
    }

    /** Whether a second look that plans the other one wants the same done. It is then the other one that is done: the newer. */
    default boolean isSameAs(Step other) {
        return equals(other);
    }

    /** Worth an event; what happens many times in a row is only logged and counted. */
    default boolean isEvent() {
        return true;
    }

    /** Brings the cluster nearer to its spec; the others only pass on what holds already. */
    default boolean isProgress() {
        return !(this instanceof RecordSpec
                || this instanceof PushRing
                || this instanceof LabelClaim
                || this instanceof UnmarkDrained);
    }

    /** Keeps the spec that is valid now, to steer by when a later one is not. */
    record RecordSpec(String json) implements Step {
        @Override
        public String describe() {
            return "remembers this spec as the last valid one";
        }
    }

    /** Server-side apply. */
    record Apply(HasMetadata desired, boolean exists, String difference) implements Step {
        @Override
        public String name() {
            return exists ? "Updated" : "Created";
        }

        @Override
        public String describe() {
            String object = desired.getKind() + "/" + desired.getMetadata().getName();
            return exists ? "updates " + object + ": " + difference + " differs" : "creates " + object;
        }
    }

    record CreateRingMap(ConfigMap skeleton) implements Step {
        @Override
        public String describe() {
            return "creates ConfigMap/" + skeleton.getMetadata().getName() + " for the ring";
        }
    }

    /** Makes the cluster's history begin. */
    record WriteFirstRing(
            List<NewMember> members, int replicationFactor, int read, int write, int partitions, Defaults defaults)
            implements Step {
        @Override
        public boolean needsSecondLook() {
            return true;
        }

        @Override
        public String describe() {
            return "writes the first ring: " + members.size() + " members, " + partitions + " partitions, "
                    + replicationFactor + " copies";
        }
    }

    /** The ConfigMap was lost, damaged or restored from an older time; the members know better. */
    record RestoreRing(Ring ring) implements Step {
        @Override
        public boolean needsSecondLook() {
            return true;
        }

        @Override
        public String describe() {
            return "writes the ring of epoch " + ring.epoch() + " back to the ConfigMap, as the members have it";
        }
    }

    /**
     * The next ring: other defaults, or a step towards other members, copies or quorums.
     *
     * @param change what differs, for people
     * @param routine one of many
     */
    record AdvanceRing(Ring next, String change, boolean routine) implements Step {
        @Override
        public boolean needsSecondLook() {
            return true;
        }

        /** Reports arrive all the time: what follows the same ring may do more by now. */
        @Override
        public boolean isSameAs(Step other) {
            return other instanceof AdvanceRing advance
                    && advance.next().epoch() == next.epoch()
                    && advance.next()
                            .table()
                            .getPreviousHash()
                            .equals(next.table().getPreviousHash());
        }

        @Override
        public boolean isEvent() {
            return !routine;
        }

        @Override
        public String describe() {
            return "writes the ring of epoch " + next.epoch() + ": " + change;
        }
    }

    /** Keeps a store's word that it holds nothing, before anything is done that could make it the last one. */
    record MarkDrained(String claim, String uid, String storeId) implements Step {
        @Override
        public boolean needsSecondLook() {
            return true;
        }

        @Override
        public String describe() {
            return "marks PersistentVolumeClaim/" + claim + ": store " + storeId + " holds nothing any more";
        }
    }

    record UnmarkDrained(String claim, String uid) implements Step {
        @Override
        public String describe() {
            return "unmarks PersistentVolumeClaim/" + claim + ": its store is a member";
        }
    }

    /** Takes pods away, the highest ordinals, on whose stores nothing is held. */
    record ShrinkStatefulSet(StatefulSet desired, int from, int to) implements Step {
        @Override
        public boolean needsSecondLook() {
            return true;
        }

        @Override
        public boolean isSameAs(Step other) {
            return other instanceof ShrinkStatefulSet shrink
                    && shrink.desired()
                            .getMetadata()
                            .getName()
                            .equals(desired.getMetadata().getName())
                    && shrink.from() == from
                    && shrink.to() == to;
        }

        @Override
        public String describe() {
            return "shrinks StatefulSet/" + desired.getMetadata().getName() + " from " + from + " to " + to
                    + ": nothing is held there any more";
        }
    }

    /** Of a pod that was drained and is gone, where the spec says so. */
    record DeleteClaim(String claim, String uid) implements Step {
        @Override
        public boolean needsSecondLook() {
            return true;
        }

        @Override
        public String describe() {
            return "deletes PersistentVolumeClaim/" + claim + ": its store was drained, its pod is gone";
        }
    }

    /** The same where the spec says that such claims are set aside: no pod starts on it until a human takes the label away. */
    record QuarantineClaim(String claim, String uid, String since) implements Step {
        @Override
        public boolean needsSecondLook() {
            return true;
        }

        @Override
        public boolean isSameAs(Step other) {
            return other instanceof QuarantineClaim quarantine
                    && quarantine.claim().equals(claim)
                    && quarantine.uid().equals(uid);
        }

        @Override
        public String describe() {
            return "quarantines PersistentVolumeClaim/" + claim + ": its store was drained, its pod is gone";
        }
    }

    /**
     * Deletes a StatefulSet without its pods, which go on; the next pass makes it anew, with larger claims for pods to come. Kubernetes
     * does not let it be changed.
     */
    record RecreateStatefulSet(String set, String uid, String resourceVersion, String from, String to) implements Step {
        @Override
        public boolean needsSecondLook() {
            return true;
        }

        @Override
        public boolean isSameAs(Step other) {
            return other instanceof RecreateStatefulSet recreate
                    && recreate.set().equals(set)
                    && recreate.uid().equals(uid)
                    && recreate.to().equals(to);
        }

        @Override
        public String describe() {
            return "makes StatefulSet/" + set + " anew, its pods go on: claims of new pods grow from " + from + " to "
                    + to;
        }
    }

    record PushRing(Publication publication, List<NodeTarget> targets) implements Step {
        @Override
        public String describe() {
            return "gives the ring of epoch " + publication.ring().epoch() + " and "
                    + publication.hints().size() + " addresses to "
                    + String.join(", ", targets.stream().map(NodeTarget::pod).toList());
        }
    }

    record LabelClaim(String claim, String clusterId) implements Step {
        @Override
        public String describe() {
            return "labels PersistentVolumeClaim/" + claim + " with the cluster id";
        }
    }

    record GrowVolume(String claim, String uid, String from, String to) implements Step {
        @Override
        public boolean needsSecondLook() {
            return true;
        }

        @Override
        public String describe() {
            return "grows PersistentVolumeClaim/" + claim + " from " + from + " to " + to;
        }
    }

    record RestartPod(String pod, String uid, String reason) implements Step {
        @Override
        public boolean needsSecondLook() {
            return true;
        }

        @Override
        public String describe() {
            return "restarts Pod/" + pod + ": " + reason;
        }
    }
}
