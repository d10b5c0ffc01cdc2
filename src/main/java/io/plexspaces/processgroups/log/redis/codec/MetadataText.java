package io.plexspaces.processgroups.log.redis.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.plexspaces.processgroups.domain.JoinMetadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * The metadata of joins as it stands in memberships: the number of its bytes, which scripts add up, a colon, and a map
 * in protobuf's wire format in Base64, so that it has none of the characters that separate the parts. Scripts do not
 * look into that.
 */
public final class MetadataText {
    private static final int VALUES = 1;

    private MetadataText() {}

    /** Empty: there is none. */
    public static String of(JoinMetadata metadata) {
        if (metadata.isEmpty()) {
            return "";
        }
        byte[] bytes = new byte[Fields.most(metadata.values())];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            Fields.texts(out, VALUES, metadata.values());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        byte[] written = Arrays.copyOf(bytes, out.getTotalBytesWritten());
        return metadata.bytes() + ":" + Base64.getUrlEncoder().withoutPadding().encodeToString(written);
    }

    /** @throws RuntimeException when {@link #of} did not write it */
    static JoinMetadata parse(String text) {
        byte[] bytes = Base64.getUrlDecoder().decode(text.substring(text.indexOf(':') + 1));
        Map<String, String> values = new TreeMap<>();
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == VALUES) {
                    Fields.entry(in, values);
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
        return new JoinMetadata(values);
    }
}
