package io.kvcluster.operator.resources;

import com.google.common.hash.Hashing;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether an object on the API server still is what the operator wants. Everything wanted must be there; what the API server or
 * others added does not matter. A field that the operator wanted once and no longer wants shows in the hash that travels as an
 * annotation, and server-side apply then removes it.
 */
public final class Difference {
    private Difference() {}

    /** The wanted object with the hash of itself. */
    public static <T extends HasMetadata> T sealed(T desired) {
        T sealed = Serialization.clone(desired);
        String hash = Hashing.sha256()
                .hashString(Serialization.asJson(desired), StandardCharsets.UTF_8)
                .toString()
                .substring(0, 16);
        Map<String, String> annotations = new LinkedHashMap<>();
        if (sealed.getMetadata().getAnnotations() != null) {
            annotations.putAll(sealed.getMetadata().getAnnotations());
        }
        annotations.put(Labels.DESIRED_HASH, hash);
        sealed.getMetadata().setAnnotations(annotations);
        return sealed;
    }

    /** The path of the first wanted field that differs; empty when nothing does. */
    public static Optional<String> of(HasMetadata desired, HasMetadata actual) {
        return differs("", plain(desired), plain(actual));
    }

    private static @Nullable Object plain(HasMetadata object) {
        return Serialization.unmarshal(Serialization.asJson(object), Map.class);
    }

    private static Optional<String> differs(String path, @Nullable Object wanted, @Nullable Object found) {
        if (wanted instanceof Map<?, ?> map) {
            Map<?, ?> other = found instanceof Map<?, ?> is ? is : Map.of();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                Optional<String> difference =
                        differs(path + "." + entry.getKey(), entry.getValue(), other.get(entry.getKey()));
                if (difference.isPresent()) {
                    return difference;
                }
            }
            return Optional.empty();
        }
        if (wanted instanceof List<?> list) {
            List<?> other = found instanceof List<?> is ? is : List.of();
            if (other.size() != list.size()) {
                return Optional.of(path);
            }
            for (int i = 0; i < list.size(); i++) {
                Optional<String> difference = differs(path + "[" + i + "]", list.get(i), other.get(i));
                if (difference.isPresent()) {
                    return difference;
                }
            }
            return Optional.empty();
        }
        return same(wanted, found) ? Optional.empty() : Optional.of(path);
    }

    private static boolean same(@Nullable Object wanted, @Nullable Object found) {
        if (Objects.equals(wanted, found)) {
            return true;
        }
        // An empty text and an absent field are one to the API server, and it writes quantities in its own way.
        if (wanted == null || "".equals(wanted)) {
            return found == null || "".equals(found);
        }
        return wanted instanceof String text && found instanceof String other && sameQuantity(text, other);
    }

    private static boolean sameQuantity(String wanted, String found) {
        try {
            return Quantity.getAmountInBytes(Quantity.parse(wanted))
                            .compareTo(Quantity.getAmountInBytes(Quantity.parse(found)))
                    == 0;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
