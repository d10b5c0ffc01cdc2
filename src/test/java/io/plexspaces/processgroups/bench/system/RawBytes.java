package io.plexspaces.processgroups.bench.system;

import io.grpc.HasByteBuffer;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Calls whose messages stay bytes, so that the load generator makes no objects of what it gets. */
final class RawBytes {
    private RawBytes() {}

    /** A method with requests as they are sent. Answers are valid until their listener returns. */
    static MethodDescriptor<byte[], ByteBuffer> method(MethodDescriptor<?, ?> typed) {
        return typed.toBuilder(new Requests(), new Answers()).build();
    }

    private static final class Requests implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] request) {
            return new ByteArrayInputStream(request);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new UnsupportedOperationException("clients get no requests");
        }
    }

    private static final class Answers implements MethodDescriptor.Marshaller<ByteBuffer> {
        private ByteBuffer copy = ByteBuffer.allocate(0);

        @Override
        public InputStream stream(ByteBuffer answer) {
            throw new UnsupportedOperationException("clients send no answers");
        }

        @Override
        public ByteBuffer parse(InputStream stream) {
            try {
                int bytes = stream.available();
                if (stream instanceof HasByteBuffer buffers && buffers.byteBufferSupported()) {
                    ByteBuffer first = buffers.getByteBuffer();
                    if (first != null && first.remaining() == bytes) {
                        return first.slice();
                    }
                }
                if (copy.capacity() < bytes) {
                    copy = ByteBuffer.allocate(bytes);
                }
                copy.clear().limit(stream.readNBytes(copy.array(), 0, bytes));
                return copy;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
