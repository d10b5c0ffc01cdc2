package io.plexspaces.processgroups.api.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.plexspaces.processgroups.domain.GroupException;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Texts by their keys, as a JSON object. */
public final class JsonTexts {
    private JsonTexts() {}

    /**
     * @param at what it is called
     * @throws GroupException INVALID_ARGUMENT naming it
     */
    public static Map<String, String> read(String at, String json) {
        byte[] utf8 = json.getBytes(UTF_8);
        try (JsonParser in = JsonText.parser(utf8)) {
            if (!JsonText.isPlainUtf8(utf8) || in.nextToken() != JsonToken.START_OBJECT) {
                throw malformed(at);
            }
            Map<String, String> texts = new TreeMap<>();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String key = JsonScalars.wellFormed(in.currentName(), at);
                if (in.nextToken() != JsonToken.VALUE_STRING || texts.put(key, JsonScalars.text(in, at)) != null) {
                    throw malformed(at);
                }
            }
            if (in.currentToken() != JsonToken.END_OBJECT || in.nextToken() != null) {
                throw malformed(at);
            }
            return texts;
        } catch (IOException malformed) {
            throw malformed(at);
        }
    }

    private static GroupException malformed(String at) {
        return GroupException.invalid(at, "must be a JSON object of texts, each key once");
    }
}
