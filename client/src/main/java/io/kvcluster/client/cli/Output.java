package io.kvcluster.client.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.PrintWriter;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a command's result goes, and in which form. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class Output {
    static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();

    enum Form {
        TABLE,
        JSON,
        YAML
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "table (default), json or yaml.")
    private Form form;

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    boolean isForPeople() {
        return form == Form.TABLE;
    }

    /** The result: the object for programs, or what {@code people} prints. */
    void result(JsonNode programs, Consumer<PrintWriter> people) {
        PrintWriter out = out();
        try {
            switch (form) {
                case TABLE -> people.accept(out);
                case JSON -> out.println(JSON.writeValueAsString(programs));
                case YAML -> out.print(YAML.writeValueAsString(programs));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result has no text form", e);
        }
        out.flush();
    }

    /** What to do next; only for people. */
    void hint(String text) {
        if (isForPeople()) {
            err().println(text);
        }
    }

    void complain(String text) {
        err().println("kv: " + text);
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Colours only where a person looks. */
    picocli.CommandLine.Help.Ansi ansi() {
        return spec.commandLine().getColorScheme().ansi();
    }
}
