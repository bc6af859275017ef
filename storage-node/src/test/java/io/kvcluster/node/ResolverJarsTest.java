package io.kvcluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.kv.LinesUnion;
import io.kvcluster.resolver.ConflictResolver;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real jars, made of the example's classes. */
class ResolverJarsTest {
    private static final String EXAMPLE = LinesUnion.class.getName();

    @TempDir
    Path directory;

    /** A jar with the example's class that names these classes as resolvers. */
    static void jar(Path file, String services) throws IOException {
        String classFile = EXAMPLE.replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out);
                InputStream bytes = Objects.requireNonNull(
                        ResolverJarsTest.class.getClassLoader().getResourceAsStream(classFile))) {
            jar.putNextEntry(new JarEntry(classFile));
            bytes.transferTo(jar);
            jar.putNextEntry(new JarEntry("META-INF/services/" + ConflictResolver.class.getName()));
            jar.write(services.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void aJarsResolverIsFoundByNameAndLivesInALoaderOfItsOwn() throws Exception {
        jar(directory.resolve("lines.jar"), EXAMPLE);
        Map<String, ConflictResolver> found = ResolverJars.load(directory);
        assertThat(found).containsOnlyKeys("lines-union");
        ConflictResolver resolver = found.get("lines-union");
        assertThat(new String(
                        resolver.merge(new byte[] {1}, "b\na".getBytes(StandardCharsets.UTF_8), new byte[] {'c'}),
                        StandardCharsets.UTF_8))
                .isEqualTo("a\nb\nc");
        ClassLoader loader = Objects.requireNonNull(resolver).getClass().getClassLoader();
        assertThat(loader).isNotSameAs(ConflictResolver.class.getClassLoader());
        assertThat(canSee(loader, "io.kvcluster.node.NodeMain")).isFalse();
        assertThat(canSee(loader, "com.google.protobuf.Message")).isFalse();
        assertThat(canSee(loader, "java.sql.Connection")).isTrue();
    }

    private static boolean canSee(ClassLoader loader, String name) {
        try {
            return Class.forName(name, false, loader) != null;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    @Test
    void whatCannotBeUsedIsLeftOutAndTheOthersServe() throws Exception {
        jar(directory.resolve("a-names-a-class-that-it-has-not.jar"), "com.example.kv.Absent");
        Files.writeString(directory.resolve("b-is-no-jar.jar"), "no jar");
        jar(directory.resolve("c-names-what-is-no-resolver.jar"), "java.lang.String");
        Files.writeString(directory.resolve("d-readme.txt"), "not looked at");
        jar(directory.resolve("e-lines.jar"), EXAMPLE);
        jar(directory.resolve("f-lines-again.jar"), EXAMPLE);
        assertThat(ResolverJars.load(directory)).containsOnlyKeys("lines-union");
    }

    @Test
    void withoutADirectoryThereAreNone() {
        assertThat(ResolverJars.load(directory.resolve("absent"))).isEmpty();
    }
}
