package io.plexspaces.processgroups.api;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.plexspaces.processgroups.domain.GroupException;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Requests in protobuf. */
public final class Encoded {
    /**
     * How often one field occurs at most, in any format: as often as the most topics or actors that can be configured
     * for one request.
     */
    public static final int MOST_ELEMENTS = 10_000;

    private Encoded() {}

    /**
     * Fields that are not known are passed over.
     *
     * @param prototype of the message
     * @param bytes not changed any more: byte fields of the message share them
     * @throws GroupException INVALID_ARGUMENT naming a field that occurs more than {@value #MOST_ELEMENTS} times
     * @throws InvalidProtocolBufferException for what is no encoding of such a message, whole
     */
    @SuppressWarnings("unchecked") // a message's parser makes messages of its type
    public static <T extends Message> T parse(T prototype, byte[] bytes) throws InvalidProtocolBufferException {
        Parser<T> parser = (Parser<T>) prototype.getParserForType();
        try {
            if (Elements.areToBeCounted(bytes.length)) {
                Elements.check(prototype.getDescriptorForType(), CodedInputStream.newInstance(bytes));
            }
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
