package io.kvcluster.node.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The Accept header (RFC 9110, 12.5.1), as far as choosing among a few types needs it. What is malformed in it takes nothing. */
record AcceptHeader(List<Range> ranges) {
    record Range(String type, String subtype, double quality) {
        /** 2: this very type; 1: its family; 0: anything; -1: not at all. */
        int fit(String otherType, String otherSubtype) {
            if (type.equals("*")) {
                return subtype.equals("*") ? 0 : -1;
            }
            if (!type.equals(otherType)) {
                return -1;
            }
            return subtype.equals("*") ? 1 : subtype.equals(otherSubtype) ? 2 : -1;
        }
    }

    static AcceptHeader parse(String header) {
        List<Range> ranges = new ArrayList<>();
        for (String part : header.toLowerCase(Locale.ROOT).split(",", 64)) {
            String[] pieces = part.split(";", 16);
            String[] type = pieces[0].strip().split("/", 3);
            if (type.length == 2 && !type[0].isEmpty() && !type[1].isEmpty()) {
                ranges.add(new Range(type[0], type[1], quality(pieces)));
            }
        }
        return new AcceptHeader(List.copyOf(ranges));
    }

    /** 0..1 by the most specific range that fits; 0 is "not acceptable". */
    double quality(String type, String subtype) {
        int best = -1;
        double quality = 0;
        for (Range range : ranges) {
            int fit = range.fit(type, subtype);
            if (fit > best) {
                best = fit;
                quality = range.quality();
            }
        }
        return quality;
    }

    private static double quality(String[] pieces) {
        for (int i = 1; i < pieces.length; i++) {
            String parameter = pieces[i].strip();
            if (parameter.matches("q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)")) {
                return Double.parseDouble(parameter.substring(2));
            }
        }
        return 1;
    }
}
