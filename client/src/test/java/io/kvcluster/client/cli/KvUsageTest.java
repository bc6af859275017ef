package io.kvcluster.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KvUsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                    | a command is missing",
                "frobnicate                            | frobnicate",
                "get                                   | KEY",
                "get a b                               | b",
                "put k                                 | a VALUE or --file is missing",
                "put k v --file f                      | not both",
                "get k --consistency sometimes         | must be one of default, local, one",
                "get k --timeout 5                     | is not a duration",
                "get k --timeout 2h                    | must be between 1 ms and 1 h",
                "get k --server host:port              | port 'port' is not a number",
                "get k --base64                        | is not base64",
                "get k -o xml                          | xml",
                "put k v --context !!                  | is not base64",
                "import                                | FILE",
                "import x --format csv                 | must be one of json-lines, debian-packages",
                "import x --concurrency 0              | must be 1..10000",
                "verify                                | --acked",
                "bench --reads 101                     | reads is 101, but must be 0..100",
                "bench --value-size 1048577            | value-size is 1048577",
                "bench --distribution normal           | normal",
                "bench --concurrency 50,0              | concurrency is 0, but must be 1..10000",
                "bench --rate 0                        | rate is 0.0, but must be 0.1..1000000 a second",
                "bench --reads 1,2,3,4,5,6,7,8,9 --concurrency 1,2,3,4,5,6,7,8 | at most 64"
            })
    void wrongArgumentsAreExitCode2AndASentence(String arguments, String sentence) {
        Kv kv = Kv.run(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        assertThat(kv.err()).contains(sentence);
        assertThat(kv.code()).isEqualTo(2);
        assertThat(kv.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get", "put", "delete", "batch", "import", "export", "verify", "status", "ring", "nodes", "mapping",
                "bench"
            })
    void everyCommandHasHelp(String command) {
        Kv help = Kv.run(command, "--help");
        assertThat(help.code()).isEqualTo(0);
        assertThat(help.out()).contains("Usage: kv " + command).contains("--server");
        assertThat(Kv.run("--help").out()).contains("  " + command);
    }

    @Test
    void aMissingFileIsNamed() {
        Kv kv = Kv.run("import", "no-such-file.json");
        assertThat(kv.code()).isEqualTo(1);
        assertThat(kv.err()).contains("no such file: no-such-file.json");
    }
}
