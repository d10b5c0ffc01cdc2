package io.plexspaces.processgroups.api;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Requests in protobuf. */
public final class Encoded {
    private Encoded() {}

    /**
     * Fields that are not known are passed over.
     *
     * @param bytes not changed any more: byte fields of the message share them
     * @throws InvalidProtocolBufferException for what is no encoding of such a message, whole
     */
    public static <T extends Message> T parse(Parser<T> parser, byte[] bytes) throws InvalidProtocolBufferException {
        try {
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
            in.enableAliasing(true);
            // Each of them would be kept in a table, which takes much longer than to pass over it.
            T message = DiscardUnknownFieldsParser.wrap(parser).parseFrom(in);
            in.checkLastTagWas(0);
            return message;
        } catch (InvalidProtocolBufferException malformed) {
            throw malformed;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
