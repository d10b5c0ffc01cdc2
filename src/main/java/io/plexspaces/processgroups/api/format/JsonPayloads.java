package io.plexspaces.processgroups.api.format;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** The payload of a message in JSON: {@code data}, {@code text} or {@code payload}, whichever it can be. */
final class JsonPayloads {
    private JsonPayloads() {}

    /** Writes it as a field of the message that {@code out} is in; nothing where it is empty. */
    static void write(JsonGenerator out, byte[] bytes) throws IOException {
        if (bytes.length == 0) {
            return;
        }
        if (!JsonText.isUtf8(bytes)) {
            out.writeFieldName("payload");
            out.writeBinary(bytes);
        } else if (JsonText.isValue(bytes)) {
            out.writeFieldName("data");
            out.writeRawValue(new RawJson(bytes));
        } else {
            out.writeFieldName("text");
            out.writeUTF8String(bytes, 0, bytes.length);
        }
    }
}
