package io.plexspaces.processgroups.access;

import io.plexspaces.processgroups.domain.GroupException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads one list of a rule. What is wrong with it is said with the field and the index, as in {@code topics[2]}. */
final class Entries {
    static final int MOST = 100;
    static final int CHARACTERS = 256;

    private Entries() {}

    /**
     * @return what {@code reader} makes of each text, in the same order
     * @throws IllegalArgumentException naming {@code field}, for an empty list or too many entries; naming also the
     *     index, for an entry that is empty, too long, or refused by {@code reader}
     */
    static <T> List<T> read(String field, List<String> texts, Function<String, T> reader) {
        checkSize(field, texts);
        List<T> read = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            read.add(readOne(field, field + "[" + i + "]: ", texts.get(i), reader));
        }
        return List.copyOf(read);
    }

    /** An empty list would read as "nothing" to one and as "anything" to another: it is neither. */
    static void checkSize(String field, List<?> list) {
        if (list.isEmpty()) {
            throw new IllegalArgumentException(field + ": must not be empty; it may be left out");
        }
        if (list.size() > MOST) {
            throw new IllegalArgumentException(field + ": must have at most " + MOST + " entries");
        }
    }

    private static <T> T readOne(String field, String place, String text, Function<String, T> reader) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(place + "must not be empty");
        }
        if (text.length() > CHARACTERS) {
            throw new IllegalArgumentException(place + "must have at most " + CHARACTERS + " characters");
        }
        try {
            return reader.apply(text);
        } catch (GroupException refused) {
            throw new IllegalArgumentException(place + withoutField(field, refused.getMessage()), refused);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(place + refused.getMessage(), refused);
        }
    }

    private static String withoutField(String field, String message) {
        String begin = field + ": ";
        return message.startsWith(begin) ? message.substring(begin.length()) : message;
    }
}
