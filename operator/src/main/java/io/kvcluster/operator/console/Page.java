package io.kvcluster.operator.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The page for people: markup, style and script in one answer, and a policy under which a browser runs this script alone, by its
 * hash, and talks to this server alone.
 */
record Page(byte[] html, String policy) {
    /** For what is no page. */
    static final String NOTHING_ALLOWED = "default-src 'none'; frame-ancestors 'none'";

    static Page load() {
        String style = text("console.css");
        String script = text("console.js");
        String html = text("console.html").replace("/*style*/", style).replace("/*script*/", script);
        String policy = NOTHING_ALLOWED + "; base-uri 'none'; form-action 'none'; connect-src 'self'; img-src data:"
                + "; style-src '" + hash(style) + "'; script-src '" + hash(script) + "'";
        return new Page(html.getBytes(StandardCharsets.UTF_8), policy);
    }

    Answer answer() {
        return Answer.text("text/html; charset=utf-8", html).with("Content-Security-Policy", policy);
    }

    static byte[] resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name + " beside " + Page.class);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + name + " cannot be read", e);
        }
    }

    private static String text(String resource) {
        return new String(resource(resource), StandardCharsets.UTF_8);
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
