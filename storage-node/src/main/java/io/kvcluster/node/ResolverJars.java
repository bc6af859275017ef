package io.kvcluster.node;

import io.kvcluster.resolver.ConflictResolver;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users' resolvers, from the jars of a mounted directory. Each jar has a class loader of its own whose parent knows the JDK and the
 * resolver interface and nothing else of the node, so that neither's libraries meet the other's. A jar that cannot be used is told
 * and left out: the node serves, and a missing resolver leaves values side by side.
 */
final class ResolverJars {
    private static final Logger LOG = LoggerFactory.getLogger(ResolverJars.class);

    private ResolverJars() {}

    /** By name. */
    static Map<String, ConflictResolver> load(Path directory) {
        Map<String, ConflictResolver> found = new TreeMap<>();
        if (!Files.isDirectory(directory)) {
            return found;
        }
        for (Path jar : jars(directory)) {
            try {
                // never closed: its classes are used as long as the process lives
                URLClassLoader classes = new URLClassLoader(
                        jar.getFileName().toString(), new URL[] {jar.toUri().toURL()}, new Interface());
                for (ConflictResolver resolver : ServiceLoader.load(ConflictResolver.class, classes)) {
                    add(found, jar, resolver);
                }
            } catch (IOException | ServiceConfigurationError | LinkageError | RuntimeException broken) {
                LOG.error("event=resolver-jar-unusable jar={} reason=\"{}\"", jar, broken.toString());
            }
        }
        LOG.info("event=resolvers directory={} names={}", directory, found.keySet());
        return found;
    }

    private static void add(Map<String, ConflictResolver> found, Path jar, ConflictResolver resolver) {
        ConflictResolver twin = found.putIfAbsent(resolver.name(), resolver);
        if (twin != null) {
            LOG.error(
                    "event=resolver-twice name={} jar={} : the one that was found first is used", resolver.name(), jar);
        }
    }

    private static List<Path> jars(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            LOG.error(
                    "event=resolver-directory-unreadable directory={} reason=\"{}\"", directory, unreadable.toString());
            return List.of();
        }
    }

    /** The JDK, and of the node's class path the interface alone. */
    private static final class Interface extends ClassLoader {
        Interface() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.equals(ConflictResolver.class.getName())) {
                return ConflictResolver.class;
            }
            throw new ClassNotFoundException(name + ": a resolver's jar brings its own libraries along");
        }
    }
}
