package io.kvcluster.client.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/** What ends a command early, as a sentence. */
final class Errors {
    private Errors() {}

    static int report(Exception e, PrintWriter err) {
        switch (e) {
            case CommandFailure failure -> {
                err.println("kv: " + failure.getMessage());
                return failure.exitCode();
            }
            case IllegalArgumentException _ -> {
                err.println("kv: " + e.getMessage());
                return ExitCode.USAGE;
            }
            case NoSuchFileException file -> err.println("kv: no such file: " + file.getFile());
            case FileNotFoundException file -> err.println("kv: " + file.getMessage());
            case AccessDeniedException file -> err.println("kv: not allowed to open " + file.getFile());
            case FileAlreadyExistsException file -> err.println("kv: " + file.getFile() + " exists already");
            case IOException _ -> err.println("kv: " + e.getMessage());
            case InterruptedException _ -> err.println("kv: interrupted");
            default -> {
                err.println("kv: an error of this program itself; please report it");
                e.printStackTrace(err);
            }
        }
        return ExitCode.FAILED;
    }

    /** Ends the command with a sentence and an exit code. */
    static final class CommandFailure extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int exitCode;

        CommandFailure(int exitCode, String message) {
            super(message);
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }
}
