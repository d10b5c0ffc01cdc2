package io.plexspaces.processgroups.log.redis.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;

/** Fields of protobuf's wire format. What is empty or 0 is left out. */
final class Fields {
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private Fields() {}

    /** Writes something. */
    interface Writing {
        void to(CodedOutputStream out) throws IOException;
    }

    /** Reads something. */
    interface Parsing<T> {
        T from(CodedInputStream in) throws IOException;
    }

    /**
     * What is written, after the number of its format, as {@link ByteWriter#number} writes it.
     *
     * @param most bytes that it takes at most
     */
    static byte[] record(int format, int most, Writing writing) {
        byte[] bytes = new byte[1 + most];
        bytes[0] = (byte) (2 * format);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, 1, most);
        try {
            writing.to(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Arrays.copyOf(bytes, 1 + out.getTotalBytesWritten());
    }

    /** Reads what follows the number. */
    static <T> T parse(ByteReader reader, Parsing<T> parsing) {
        try {
            return parsing.from(reader.fields());
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
    }

    static void number(CodedOutputStream out, int field, long value) throws IOException {
        if (value != 0) {
            out.writeInt64(field, value);
        }
    }

    static void text(CodedOutputStream out, int field, String value) throws IOException {
        if (!value.isEmpty()) {
            out.writeString(field, value);
        }
    }

    /** As protobuf's maps. */
    static void texts(CodedOutputStream out, int field, Map<String, String> values) throws IOException {
        if (values.isEmpty()) {
            return;
        }
        for (Map.Entry<String, String> entry : values.entrySet()) {
            out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(CodedOutputStream.computeStringSize(KEY, entry.getKey())
                    + CodedOutputStream.computeStringSize(VALUE, entry.getValue()));
            out.writeString(KEY, entry.getKey());
            out.writeString(VALUE, entry.getValue());
        }
    }

    /** Reads one entry of a map. */
    static void entry(CodedInputStream in, Map<String, String> values) throws IOException {
        int outer = in.pushLimit(in.readUInt32());
        String key = "";
        String value = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case KEY -> key = in.readString();
                case VALUE -> value = in.readString();
                default -> in.skipField(tag);
            }
        }
        in.popLimit(outer);
        values.put(key, value);
    }

    /** Bytes that a text takes at most, with its field and length. */
    static int most(String text) {
        return text.isEmpty() ? 0 : 3 * text.length() + 12;
    }

    /** Bytes that a map takes at most. */
    static int most(Map<String, String> values) {
        int most = 0;
        for (Map.Entry<String, String> entry : values.entrySet()) {
            most += most(entry.getKey()) + most(entry.getValue()) + 12;
        }
        return most;
    }
}
