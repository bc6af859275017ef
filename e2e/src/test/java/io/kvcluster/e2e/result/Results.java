package io.kvcluster.e2e.result;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.kvcluster.e2e.testbed.Settings;
import io.kvcluster.e2e.testbed.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The numbers of one scenario: printed in one line, and written to {@code e2e.results} as JSON when that is given. */
public final class Results {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final String scenario;
    private final Map<String, Object> numbers = new LinkedHashMap<>();

    private Results(String scenario, Target target) {
        this.scenario = scenario;
        numbers.put("target", target.name());
    }

    public static Results of(String scenario, Target target) {
        return new Results(scenario, target);
    }

    public Results with(String name, Object number) {
        numbers.put(name, number);
        return this;
    }

    public void publish() {
        System.out.println("e2e " + scenario + " " + numbers);
        Optional<Path> directory = Settings.results();
        if (directory.isPresent()) {
            try {
                Files.createDirectories(directory.get());
                JSON.writeValue(directory.get().resolve(scenario + ".json").toFile(), numbers);
            } catch (IOException e) {
                throw new UncheckedIOException("results of " + scenario, e);
            }
        }
    }
}
