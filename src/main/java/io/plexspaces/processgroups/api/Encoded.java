package io.plexspaces.processgroups.api;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Requests in protobuf. */
public final class Encoded {
    private Encoded() {}

    /**
     * @param bytes not changed any more: byte fields of the message share them
     * @throws InvalidProtocolBufferException for what is no encoding of such a message, whole
     */
    public static <T extends MessageLite> T parse(Parser<T> parser, byte[] bytes)
            throws InvalidProtocolBufferException {
        try {
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            in.enableAliasing(true);
            T message = parser.parseFrom(in);
            in.checkLastTagWas(0);
            return message;
        } catch (InvalidProtocolBufferException malformed) {
            throw malformed;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
