package io.plexspaces.processgroups.log.redis.codec;

import io.plexspaces.processgroups.domain.GroupId;
import io.plexspaces.processgroups.domain.NodeId;
import io.plexspaces.processgroups.domain.Owner;
import io.plexspaces.processgroups.domain.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Names, owners and filters as text without space, comma, slash or bar, unless it is said to stand there. */
public final class Texts {
    private static final String ALL = "=";

    private Texts() {}

    /** Separated by spaces, which no name has. */
    public static String group(GroupId group) {
        return group.tenant() + " " + group.namespace().name() + " " + group.name();
    }

    /** @throws UnreadableException when {@link #group(GroupId)} did not write it */
    public static GroupId group(String text) {
        try {
            String[] parts = text.split(" ", -1);
            return GroupId.of(parts[0], parts[1], parts[2]);
        } catch (RuntimeException damaged) {
            throw new UnreadableException("the name of a group", damaged);
        }
    }

    /** As {@code node/incarnation}. */
    public static String incarnation(NodeId node, long incarnation) {
        return node.value() + "/" + incarnation;
    }

    public static String filter(TopicFilter filter) {
        return filter.isAll() ? ALL : String.join(",", filter.topics());
    }

    public static TopicFilter filter(String text) {
        return text.equals(ALL) ? TopicFilter.ALL : TopicFilter.of(List.of(text.split(",")));
    }

    /** As {@code d:label}, {@code l:id} or {@code s:id/node/incarnation}, with {@code /claim} when there is one. */
    public static String owner(Owner owner) {
        if (owner instanceof Owner.Durable durable) {
            return "d:" + durable.label().value();
        }
        if (owner instanceof Owner.Lease lease) {
            return lease(lease.id());
        }
        Owner.Session session = (Owner.Session) owner;
        String began = session(session.id()) + "/" + incarnation(session.node(), session.incarnation());
        return session.claim() == 0 ? began : began + "/" + session.claim();
    }

    public static Owner owner(String text) {
        String value = text.substring(2);
        switch (text.charAt(0)) {
            case 'd':
                return new Owner.Durable(new NodeId(value));
            case 'l':
                return new Owner.Lease(unescaped(value));
            default:
                String[] parts = value.split("/", -1);
                long claim = parts.length > 3 ? Long.parseLong(parts[3]) : 0;
                return new Owner.Session(unescaped(parts[0]), new NodeId(parts[1]), Long.parseLong(parts[2]), claim);
        }
    }

    /** What the owners of a session begin with, whichever node it is on. */
    public static String session(String id) {
        return "s:" + escaped(id);
    }

    /** The owner of a leased join. */
    public static String lease(String id) {
        return "l:" + escaped(id);
    }

    /** Percent-encodes everything that is not a character of names. */
    static String escaped(String value) {
        StringBuilder escaped = null;
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xff);
            boolean plain = isPlain(c);
            if (!plain && escaped == null) {
                escaped = new StringBuilder(value.substring(0, i));
            }
            if (escaped != null && plain) {
                escaped.append(c);
            } else if (escaped != null) {
                escaped.append('%').append(hex(c >> 4)).append(hex(c & 0xf));
            }
        }
        return escaped == null ? value : escaped.toString();
    }

    static String unescaped(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = new byte[text.length()];
        int size = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes[size++] = (byte) Integer.parseInt(text, i + 1, i + 3, 16);
                i += 2;
            } else {
                bytes[size++] = (byte) c;
            }
        }
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == ':'
                || c == '@'
                || c == '~'
                || c == '-';
    }

    private static char hex(int digit) {
        return Character.toUpperCase(Character.forDigit(digit, 16));
    }
}
