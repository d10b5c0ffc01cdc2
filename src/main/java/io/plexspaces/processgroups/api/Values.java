package io.plexspaces.processgroups.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.plexspaces.processgroups.domain.ActorId;
import io.plexspaces.processgroups.domain.Bytes;
import io.plexspaces.processgroups.domain.GroupException;
import io.plexspaces.processgroups.domain.JoinMetadata;
import io.plexspaces.processgroups.domain.OverflowPolicy;
import io.plexspaces.processgroups.domain.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Small values, proto to domain and back. What is malformed is INVALID_ARGUMENT naming the field. */
final class Values {
    private Values() {}

    static Bytes bytes(ByteString value) {
        return value.isEmpty() ? Bytes.EMPTY : Bytes.wrap(value.toByteArray());
    }

    /** Without a copy: neither is ever changed. */
    static ByteString bytes(Bytes value) {
        return UnsafeByteOperations.unsafeWrap(value.array());
    }

    /** @param number in a list, from 1 */
    static ActorId actor(String field, int number, String value) {
        try {
            return new ActorId(value);
        } catch (GroupException failure) {
            String complaint = failure.getMessage().substring(failure.field().length() + 2);
            throw GroupException.invalid(field, "number " + number + " " + complaint);
        }
    }

    static ActorId actor(String field, String value) {
        try {
            return new ActorId(value);
        } catch (GroupException failure) {
            if (failure.field().equals(field)) {
                throw failure;
            }
            int told = failure.field().length() + 2;
            throw GroupException.invalid(field, failure.getMessage().substring(told));
        }
    }

    static Instant instant(String field, com.google.protobuf.Timestamp value) {
        if (!Timestamps.isValid(value)) {
            throw GroupException.invalid(field, "must be a time from year 1 to 9999 with nanos of 0 to 999,999,999");
        }
        return Instant.ofEpochSecond(value.getSeconds(), value.getNanos());
    }

    static com.google.protobuf.Timestamp instant(Instant value) {
        return com.google.protobuf.Timestamp.newBuilder()
                .setSeconds(value.getEpochSecond())
                .setNanos(value.getNano())
                .build();
    }

    /** Well-formed and not negative. */
    static Duration duration(String field, com.google.protobuf.Duration value) {
        if (!Durations.isValid(value)) {
            throw GroupException.invalid(field, "must have seconds and nanos of one sign, within their ranges");
        }
        if (Durations.isNegative(value)) {
            throw GroupException.invalid(field, "must not be negative");
        }
        return Duration.ofSeconds(value.getSeconds(), value.getNanos());
    }

    static com.google.protobuf.Duration duration(Duration value) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(value.getSeconds())
                .setNanos(value.getNano())
                .build();
    }

    static Position position(io.plexspaces.processgroups.proto.v1.Position value) {
        return position("after", value);
    }

    static Position position(String field, io.plexspaces.processgroups.proto.v1.Position value) {
        if (value.getOffset() < 0) {
            throw GroupException.invalid(field, "offset must be less than 2^63");
        }
        if (value.getEpochBytes().size() > Position.EPOCH_BYTES) {
            throw GroupException.invalid(field, "epoch must have at most " + Position.EPOCH_BYTES + " bytes");
        }
        return new Position(value.getEpoch(), value.getOffset());
    }

    static io.plexspaces.processgroups.proto.v1.Position position(Position value) {
        return io.plexspaces.processgroups.proto.v1.Position.newBuilder()
                .setEpoch(value.epoch())
                .setOffset(value.offset())
                .build();
    }

    /** @return null: unspecified */
    static @Nullable OverflowPolicy policy(io.plexspaces.processgroups.proto.v1.OverflowPolicy value) {
        return switch (value) {
            case OVERFLOW_POLICY_UNSPECIFIED -> null;
            case DISCONNECT -> OverflowPolicy.DISCONNECT;
            case DROP_OLDEST -> OverflowPolicy.DROP_OLDEST;
            case CONFLATE -> OverflowPolicy.CONFLATE;
            case UNRECOGNIZED -> throw unknownValue("overflow_policy");
        };
    }

    static io.plexspaces.processgroups.proto.v1.OverflowPolicy policy(@Nullable OverflowPolicy value) {
        if (value == null) {
            return io.plexspaces.processgroups.proto.v1.OverflowPolicy.OVERFLOW_POLICY_UNSPECIFIED;
        }
        return switch (value) {
            case DISCONNECT -> io.plexspaces.processgroups.proto.v1.OverflowPolicy.DISCONNECT;
            case DROP_OLDEST -> io.plexspaces.processgroups.proto.v1.OverflowPolicy.DROP_OLDEST;
            case CONFLATE -> io.plexspaces.processgroups.proto.v1.OverflowPolicy.CONFLATE;
        };
    }

    /** At most {@value JoinMetadata#MOST_KEYS} keys, none of them empty. */
    static JoinMetadata metadata(Map<String, String> values) {
        if (values.isEmpty()) {
            return JoinMetadata.NONE;
        }
        if (values.size() > JoinMetadata.MOST_KEYS) {
            throw GroupException.invalid("metadata", "must have at most " + JoinMetadata.MOST_KEYS + " keys");
        }
        if (values.containsKey("")) {
            throw GroupException.invalid("metadata", "must have no empty key");
        }
        JoinMetadata metadata = new JoinMetadata(values);
        if (metadata.bytes() > JoinMetadata.MOST_BYTES) {
            throw GroupException.invalid(
                    "metadata", "must have at most " + JoinMetadata.MOST_BYTES + " bytes of keys and values");
        }
        return metadata;
    }

    static GroupException unknownValue(String field) {
        return GroupException.invalid(field, "is no known value");
    }
}
