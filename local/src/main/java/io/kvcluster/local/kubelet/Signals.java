package io.kvcluster.local.kubelet;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Signals that {@link ProcessHandle} does not know, by the C library's {@code kill}. Linux. */
final class Signals {
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final MethodHandle KILL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private Signals() {}

    /** Freezes a process until {@link #resume}. */
    static void pause(Process process) {
        send(process, SIGSTOP);
    }

    static void resume(Process process) {
        send(process, SIGCONT);
    }

    private static void send(Process process, int signal) {
        try {
            int result = (int) KILL.invokeExact((int) process.pid(), signal);
            if (result != 0) {
                throw new IllegalStateException("signal " + signal + " could not be sent to process " + process.pid());
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
