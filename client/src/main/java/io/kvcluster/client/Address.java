package io.kvcluster.client;

/**
 * Where a server listens.
 *
 * @param host name, IPv4 or IPv6 address; IPv6 without brackets
 * @param port 1..65535
 */
public record Address(String host, int port) {
    public Address {
        if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '[' || c == ']')) {
            throw new IllegalArgumentException("address: host '" + host + "' is not a host name or an IP address");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("address: port is " + port + ", but must be 1..65535");
        }
    }

    /**
     * Reads {@code host:port}, {@code [ipv6]:port} or {@code host} alone.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static Address parse(String text, int defaultPort) {
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[") && text.contains("]");
        boolean bareIpv6 = !bracketed && colon >= 0 && text.indexOf(':') != colon;
        if (colon < 0 || bareIpv6 || (bracketed && text.endsWith("]"))) {
            return new Address(unbracketed(text), defaultPort);
        }
        String port = text.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException(
                    "address '" + text + "': port '" + port + "' is not a number in 1..65535; expected host:port");
        }
        return new Address(unbracketed(text.substring(0, colon)), Integer.parseInt(port));
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
