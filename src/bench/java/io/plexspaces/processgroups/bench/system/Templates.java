package io.plexspaces.processgroups.bench.system;

import io.plexspaces.processgroups.bench.load.Template;
import java.util.List;
import java.util.function.Function;

/** The request that publishes to each of some streams. */
final class Templates {
    private final Template[] byStream;

    /** @param request of a stream, with a blank payload */
    Templates(List<Stream> streams, Function<Stream, byte[]> request) {
        byStream = new Template[streams.stream().mapToInt(Stream::id).max().orElse(-1) + 1];
        for (Stream stream : streams) {
            byStream[stream.id()] = new Template(request.apply(stream));
        }
    }

    Template of(Stream stream) {
        return byStream[stream.id()];
    }
}
