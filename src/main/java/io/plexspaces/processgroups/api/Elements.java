package io.plexspaces.processgroups.api;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import io.plexspaces.processgroups.domain.GroupException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts how often the fields of an encoded request occur, before objects are made of them. A request that consists of
 * nothing but small elements takes many times longer to parse than another of its size; here it is refused after the
 * first {@value Encoded#MOST_ELEMENTS} of them.
 */
final class Elements {
    /** What one element takes at least. */
    private static final int ELEMENT_BYTES = 2;

    private final CodedInputStream in;
    private final Map<FieldDescriptor, int[]> counts = new HashMap<>();
    private final Deque<FieldDescriptor> path = new ArrayDeque<>();

    private Elements(CodedInputStream in) {
        this.in = in;
    }

    /** Whether a request of this size can have too many. */
    static boolean areToBeCounted(int bytes) {
        return bytes > Encoded.MOST_ELEMENTS * ELEMENT_BYTES;
    }

    /**
     * Reads to the end, or to the first element too many.
     *
     * @throws GroupException INVALID_ARGUMENT naming the field that occurs too often
     * @throws IOException malformed
     */
    static void check(Descriptor type, CodedInputStream in) throws IOException {
        new Elements(in).check(type);
    }

    private void check(Descriptor type) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
            if (field != null && ++counts.computeIfAbsent(field, first -> new int[1])[0] > Encoded.MOST_ELEMENTS) {
                throw GroupException.invalid(
                        name(field), "must not be given more than " + Encoded.MOST_ELEMENTS + " times");
            }
            if (field != null
                    && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                nested(field);
            } else if (!in.skipField(tag)) {
                // The end of a group that did not begin: parsing will say so.
                return;
            }
        }
    }

    private void nested(FieldDescriptor field) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        path.addLast(field);
        check(field.getMessageType());
        path.removeLast();
        in.skipRawBytes(in.getBytesUntilLimit());
        in.popLimit(outer);
    }

    /** What a oneof holds is the request itself, whose fields are named without it. */
    private String name(FieldDescriptor last) {
        StringBuilder name = new StringBuilder();
        for (FieldDescriptor field : path) {
            if (field.getRealContainingOneof() == null) {
                name.append(field.getName()).append('.');
            }
        }
        return name.append(last.getName()).toString();
    }
}
