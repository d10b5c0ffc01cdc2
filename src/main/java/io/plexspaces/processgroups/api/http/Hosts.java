package io.plexspaces.processgroups.api.http;

import java.util.Locale;
import java.util.regex.Pattern;

/** What names of hosts mean, as they stand in URLs and in the headers Host and Origin. */
final class Hosts {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private Hosts() {}

    /** The name in {@code name[:port]}, in small letters; brackets of an IPv6 address stay. */
    static String name(String authority) {
        int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
        String name = end > 0 ? authority.substring(0, end) : authority;
        return (name.endsWith(".") ? name.substring(0, name.length() - 1) : name).toLowerCase(Locale.ROOT);
    }

    /** Whether a name or address is that of the machine it is used on, wherever names are looked up. */
    static boolean isLoopback(String name) {
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("::1")
                || name.equals("[::1]")
                || (name.startsWith("127.") && isNumber(name));
    }

    /** Whether it is an address, and so says by itself where it leads. */
    static boolean isNumber(String name) {
        return name.startsWith("[") || IPV4.matcher(name).matches();
    }
}
