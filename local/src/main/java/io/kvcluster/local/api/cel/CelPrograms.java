package io.kvcluster.local.api.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Compiled expressions over {@code self} and {@code oldSelf}, kept by their text. Types are dynamic: an expression that
 * the real API server refuses for its types alone is accepted here and fails when it is evaluated. Thread-safe.
 */
final class CelPrograms {
    private static final CelOptions OPTIONS = CelOptions.current()
            .enableHeterogeneousNumericComparisons(true)
            .evaluateCanonicalTypesToNativeValues(true)
            .comprehensionMaxIterations(100_000)
            .build();
    private static final Pattern TEXT = Pattern.compile("\"(\\\\.|[^\"\\\\])*\"|'(\\\\.|[^'\\\\])*'");
    private static final Pattern OLD_SELF = Pattern.compile("\\boldSelf\\b");

    private static final KubernetesFunctions FUNCTIONS = new KubernetesFunctions();
    private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder()
            .setOptions(OPTIONS)
            .addFunctionBindings(FUNCTIONS.bindings())
            .addLibraries(CelExtensions.strings(), CelExtensions.sets(OPTIONS), CelExtensions.optional())
            .build();
    private static final CelCompiler CONDITIONS = compiler(SimpleType.BOOL);
    private static final CelCompiler TEXTS = compiler(SimpleType.STRING);

    private static final Map<String, CelRuntime.Program> KNOWN = new ConcurrentHashMap<>();

    private CelPrograms() {}

    private static CelCompiler compiler(CelType result) {
        return CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addLibraries(CelExtensions.strings(), CelExtensions.sets(OPTIONS), CelExtensions.optional())
                .addFunctionDeclarations(FUNCTIONS.declarations())
                .addVar("self", SimpleType.DYN)
                .addVar("oldSelf", SimpleType.DYN)
                .setResultType(result)
                .build();
    }

    static boolean refersToOldSelf(String expression) {
        return OLD_SELF.matcher(TEXT.matcher(expression).replaceAll("''")).find();
    }

    /** @throws CelValidationException when the text is no expression with a boolean result */
    static void checkCondition(String expression) throws CelValidationException {
        CONDITIONS.compile(expression).getAst();
    }

    static boolean holds(String expression, Map<String, ?> variables) throws CelFailure {
        return Boolean.TRUE.equals(evaluate("c:", CONDITIONS, expression, variables));
    }

    static String text(String expression, Map<String, ?> variables) throws CelFailure {
        return String.valueOf(evaluate("t:", TEXTS, expression, variables));
    }

    private static Object evaluate(String prefix, CelCompiler compiler, String expression, Map<String, ?> variables)
            throws CelFailure {
        try {
            CelRuntime.Program program = KNOWN.get(prefix + expression);
            if (program == null) {
                CelAbstractSyntaxTree ast = compiler.compile(expression).getAst();
                program = RUNTIME.createProgram(ast);
                KNOWN.put(prefix + expression, program);
            }
            return program.eval(variables);
        } catch (CelValidationException | CelEvaluationException | RuntimeException e) {
            throw new CelFailure(String.valueOf(e.getMessage()));
        }
    }

    /** The expression could not be compiled or evaluated; the message says why. */
    static final class CelFailure extends Exception {
        private static final long serialVersionUID = 1L;

        CelFailure(String message) {
            super(message);
        }
    }
}
