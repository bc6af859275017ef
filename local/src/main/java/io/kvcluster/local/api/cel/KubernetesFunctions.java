package io.kvcluster.local.api.cel;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The functions that Kubernetes adds to CEL: quantities, lists and regular expressions. Names and behaviour are those of
 * the Kubernetes documentation ("Kubernetes CEL libraries"); URL, IP, CIDR and semver functions are not there.
 */
final class KubernetesFunctions {
    private static final CelType QUANTITY = OpaqueType.create("kubernetes.Quantity");
    private static final CelType LIST = ListType.create(SimpleType.DYN);

    private final List<CelFunctionDecl> declarations = new ArrayList<>();
    private final List<CelFunctionBinding> bindings = new ArrayList<>();

    KubernetesFunctions() {
        quantities();
        lists();
        texts();
    }

    List<CelFunctionDecl> declarations() {
        return declarations;
    }

    List<CelFunctionBinding> bindings() {
        return bindings;
    }

    private void quantities() {
        declare("quantity", CelOverloadDecl.newGlobalOverload("string_to_quantity", QUANTITY, SimpleType.STRING));
        bindings.add(CelFunctionBinding.from("string_to_quantity", String.class, QuantityValue::parse));
        declare(
                "isQuantity",
                CelOverloadDecl.newGlobalOverload("is_quantity_string", SimpleType.BOOL, SimpleType.STRING));
        bindings.add(CelFunctionBinding.from("is_quantity_string", String.class, QuantityValue::isQuantity));
        declare(
                "compareTo",
                CelOverloadDecl.newMemberOverload("quantity_compare_to", SimpleType.INT, QUANTITY, QUANTITY));
        bindings.add(CelFunctionBinding.from("quantity_compare_to", QuantityValue.class, QuantityValue.class, (a, b) ->
                (long) Integer.signum(a.compareTo(b))));
        declare(
                "isGreaterThan",
                CelOverloadDecl.newMemberOverload("quantity_is_greater_than", SimpleType.BOOL, QUANTITY, QUANTITY));
        bindings.add(CelFunctionBinding.from(
                "quantity_is_greater_than", QuantityValue.class, QuantityValue.class, (a, b) -> a.compareTo(b) > 0));
        declare(
                "isLessThan",
                CelOverloadDecl.newMemberOverload("quantity_is_less_than", SimpleType.BOOL, QUANTITY, QUANTITY));
        bindings.add(CelFunctionBinding.from(
                "quantity_is_less_than", QuantityValue.class, QuantityValue.class, (a, b) -> a.compareTo(b) < 0));
        arithmetic();
        unary("sign", SimpleType.INT, q -> (long) q.amount().signum());
        unary("isInteger", SimpleType.BOOL, QuantityValue::isInteger);
        unary("asInteger", SimpleType.INT, q -> q.amount().longValueExact());
        unary("asApproximateFloat", SimpleType.DOUBLE, q -> q.amount().doubleValue());
    }

    private void arithmetic() {
        declare(
                "add",
                CelOverloadDecl.newMemberOverload("quantity_add", QUANTITY, QUANTITY, QUANTITY),
                CelOverloadDecl.newMemberOverload("quantity_add_int", QUANTITY, QUANTITY, SimpleType.INT));
        bindings.add(
                CelFunctionBinding.from("quantity_add", QuantityValue.class, QuantityValue.class, QuantityValue::plus));
        bindings.add(CelFunctionBinding.from(
                "quantity_add_int", QuantityValue.class, Long.class, (a, b) -> a.plus(whole(b))));
        declare(
                "sub",
                CelOverloadDecl.newMemberOverload("quantity_sub", QUANTITY, QUANTITY, QUANTITY),
                CelOverloadDecl.newMemberOverload("quantity_sub_int", QUANTITY, QUANTITY, SimpleType.INT));
        bindings.add(CelFunctionBinding.from(
                "quantity_sub", QuantityValue.class, QuantityValue.class, QuantityValue::minus));
        bindings.add(CelFunctionBinding.from(
                "quantity_sub_int", QuantityValue.class, Long.class, (a, b) -> a.minus(whole(b))));
    }

    private static QuantityValue whole(long number) {
        return new QuantityValue(java.math.BigDecimal.valueOf(number));
    }

    private void unary(String name, CelType result, CelFunctionOverload.Unary<QuantityValue> function) {
        String id = "quantity_" + name;
        declare(name, CelOverloadDecl.newMemberOverload(id, result, QUANTITY));
        bindings.add(CelFunctionBinding.from(id, QuantityValue.class, function));
    }

    @SuppressWarnings("rawtypes")
    private void lists() {
        declare("isSorted", CelOverloadDecl.newMemberOverload("list_is_sorted", SimpleType.BOOL, LIST));
        bindings.add(CelFunctionBinding.from("list_is_sorted", Collection.class, KubernetesFunctions::isSorted));
        declare("sum", CelOverloadDecl.newMemberOverload("list_sum", SimpleType.DYN, LIST));
        bindings.add(CelFunctionBinding.from("list_sum", Collection.class, KubernetesFunctions::sum));
        declare("min", CelOverloadDecl.newMemberOverload("list_min", SimpleType.DYN, LIST));
        bindings.add(CelFunctionBinding.from("list_min", Collection.class, list -> extreme(list, -1)));
        declare("max", CelOverloadDecl.newMemberOverload("list_max", SimpleType.DYN, LIST));
        bindings.add(CelFunctionBinding.from("list_max", Collection.class, list -> extreme(list, 1)));
        declare("indexOf", CelOverloadDecl.newMemberOverload("list_index_of", SimpleType.INT, LIST, SimpleType.DYN));
        bindings.add(CelFunctionBinding.from("list_index_of", Collection.class, Object.class, (list, item) ->
                (long) new ArrayList<Object>(list).indexOf(item)));
        declare(
                "lastIndexOf",
                CelOverloadDecl.newMemberOverload("list_last_index_of", SimpleType.INT, LIST, SimpleType.DYN));
        bindings.add(CelFunctionBinding.from("list_last_index_of", Collection.class, Object.class, (list, item) ->
                (long) new ArrayList<Object>(list).lastIndexOf(item)));
    }

    private void texts() {
        declare(
                "find",
                CelOverloadDecl.newMemberOverload(
                        "string_find_string", SimpleType.STRING, SimpleType.STRING, SimpleType.STRING));
        bindings.add(CelFunctionBinding.from("string_find_string", String.class, String.class, (text, pattern) -> {
            Matcher matcher = Pattern.compile(pattern).matcher(text);
            return matcher.find() ? matcher.group() : "";
        }));
        declare(
                "findAll",
                CelOverloadDecl.newMemberOverload(
                        "string_find_all_string",
                        ListType.create(SimpleType.STRING),
                        SimpleType.STRING,
                        SimpleType.STRING));
        bindings.add(CelFunctionBinding.from(
                "string_find_all_string",
                String.class,
                String.class,
                (text, pattern) -> Pattern.compile(pattern)
                        .matcher(text)
                        .results()
                        .map(java.util.regex.MatchResult::group)
                        .toList()));
    }

    private void declare(String name, CelOverloadDecl... overloads) {
        declarations.add(CelFunctionDecl.newFunctionDeclaration(name, overloads));
    }

    private static boolean isSorted(Collection<?> list) {
        Object previous = null;
        for (Object item : list) {
            if (previous != null && compare(previous, item) > 0) {
                return false;
            }
            previous = item;
        }
        return true;
    }

    private static Object sum(Collection<?> list) {
        long whole = 0;
        double broken = 0;
        boolean isBroken = false;
        for (Object item : list) {
            if (item instanceof Long number) {
                whole = Math.addExact(whole, number);
            } else {
                broken += ((Number) item).doubleValue();
                isBroken = true;
            }
        }
        return isBroken ? (Object) (broken + whole) : (Object) whole;
    }

    private static Object extreme(Collection<?> list, int sign) {
        Object best = null;
        for (Object item : list) {
            if (best == null || compare(item, best) * sign > 0) {
                best = item;
            }
        }
        return Objects.requireNonNull(best, (sign < 0 ? "min" : "max") + " called on empty list");
    }

    @SuppressWarnings("unchecked")
    private static int compare(@Nullable Object a, Object b) {
        return ((Comparable<Object>) Objects.requireNonNull(a)).compareTo(b);
    }
}
