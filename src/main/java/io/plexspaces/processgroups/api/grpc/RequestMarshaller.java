package io.plexspaces.processgroups.api.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.api.Encoded;
import io.plexspaces.processgroups.domain.ErrorCode;
import io.plexspaces.processgroups.domain.GroupException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Reads requests. Malformed ones become values too, so that they are answered and not mistaken for a defect. */
final class RequestMarshaller<T extends Message> implements MethodDescriptor.Marshaller<Parsed<T>> {
    private final T prototype;

    RequestMarshaller(T prototype) {
        this.prototype = prototype;
    }

    @Override
    public InputStream stream(Parsed<T> request) {
        return new ByteArrayInputStream(request.get().toByteArray());
    }

    /** Byte fields of the message share the bytes read, without another copy. */
    @Override
    public Parsed<T> parse(InputStream stream) {
        try {
            byte[] bytes =
                    stream instanceof KnownLength ? stream.readNBytes(stream.available()) : stream.readAllBytes();
            return Parsed.of(Encoded.parse(prototype, bytes), bytes.length);
        } catch (GroupException refused) {
            return Parsed.failed(refused);
        } catch (InvalidProtocolBufferException malformed) {
            return Parsed.failed(GroupException.invalid("request", "is no valid encoding of its message"));
        } catch (StatusRuntimeException tooLarge) {
            return Parsed.failed(GroupException.of(ErrorCode.LIMIT_EXCEEDED, "the decompressed request is too large"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
