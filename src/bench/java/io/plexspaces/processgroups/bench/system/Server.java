package io.plexspaces.processgroups.bench.system;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.plexspaces.processgroups.bench.system.Target.Memory;
import io.plexspaces.processgroups.proto.v1.CreateGroupRequest;
import io.plexspaces.processgroups.proto.v1.DeleteGroupRequest;
import io.plexspaces.processgroups.proto.v1.GetMembersRequest;
import io.plexspaces.processgroups.proto.v1.JoinGroupRequest;
import io.plexspaces.processgroups.proto.v1.ProcessGroupServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The service, as it is packaged and with its defaults, on ports of its own. */
public final class Server implements AutoCloseable {
    /** The tenant all groups belong to; their namespace is {@link #NAMESPACE}. */
    public static final String TENANT = "bench";

    static final String NAMESPACE = "default";

    private static final int CLIENT_LOOPS = 2;
    private static final int LARGEST_BATCH = 64 * 1024 * 1024;
    private static final int ADMINISTRATION_SECONDS = 30;
    private static final int CALLS_AT_ONCE = 500;

    private final ChildProcess process;
    /** What it keeps its groups in; null: its own memory. */
    private final @Nullable RedisServer store;

    /** Tells builds of the service apart; empty: there is one. */
    private final String label;

    private final Path java;
    private final URI http;
    private final InetSocketAddress grpc;
    private final EventLoopGroup loops = new NioEventLoopGroup(CLIENT_LOOPS, new DefaultThreadFactory("grpc", true));
    private final ManagedChannel administration;

    private final Access access;
    private final HttpClient client;

    private Server(
            ChildProcess process,
            @Nullable RedisServer store,
            String label,
            Path java,
            URI http,
            InetSocketAddress grpc,
            Access access,
            HttpClient client) {
        this.process = process;
        this.store = store;
        this.label = label;
        this.java = java;
        this.http = http;
        this.grpc = grpc;
        this.access = access;
        this.client = client;
        this.administration = channel();
    }

    /**
     * Returns when it is ready.
     *
     * @param java home of the Java that runs it
     * @param options of its JVM
     * @param store what it keeps its groups in, which ends with it; null: its own memory
     * @param log gets what it prints
     * @param label follows the names of its targets; empty: none does
     * @param access how its clients get in
     */
    public static Server start(
            Path java,
            List<String> options,
            @Nullable RedisServer store,
            Path jar,
            Path log,
            String label,
            Access access) {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        URI http = URI.create(access.httpScheme() + "://" + loopback.getHostAddress() + ":" + ChildProcess.freePort());
        InetSocketAddress grpc = new InetSocketAddress(loopback, ChildProcess.freePort());
        List<String> command = new ArrayList<>();
        command.add(java.resolve("bin/java").toString());
        command.addAll(options);
        command.addAll(access.options(http.getPort()));
        command.add("-Dquarkus.grpc.server.port=" + grpc.getPort());
        if (store != null) {
            command.add("-Dprocessgroups.store=redis");
            command.add("-Dquarkus.redis.hosts=redis://" + loopback.getHostAddress() + ":"
                    + store.address().getPort());
        }
        command.add("-jar");
        command.add(jar.toString());
        HttpClient client = access.http();
        ChildProcess process = ChildProcess.start(command, log, () -> isReady(client, http));
        return new Server(process, store, label, java, http, grpc, access, client);
    }

    /**
     * A new gRPC connection; all of them share two threads, on which answers are handled. To be shut down by the
     * caller.
     */
    public ManagedChannel channel() {
        Metadata headers = new Metadata();
        if (!access.authorization().isEmpty()) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), access.authorization());
        }
        return access.secured(NettyChannelBuilder.forAddress(grpc))
                .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
                .eventLoopGroup(loops)
                .channelType(NioSocketChannel.class)
                .directExecutor()
                .disableRetry()
                .maxInboundMessageSize(LARGEST_BATCH)
                .build();
    }

    public void createGroups(List<String> groups) {
        forEach(groups, group -> ProcessGroupServiceGrpc.newFutureStub(administration)
                .createGroup(CreateGroupRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName(group)
                        .build()));
    }

    public void deleteGroups(List<String> groups) {
        forEach(groups, group -> ProcessGroupServiceGrpc.newFutureStub(administration)
                .deleteGroup(DeleteGroupRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName(group)
                        .build()));
    }

    /** Makes it read these groups, without members here; as long as nobody uses them it goes on for some minutes. */
    public void open(List<String> groups) {
        forEach(groups, group -> ProcessGroupServiceGrpc.newFutureStub(administration)
                .getMembers(GetMembersRequest.newBuilder()
                        .setTenantId(TENANT)
                        .setGroupName(group)
                        .setPageSize(1)
                        .build()));
    }

    public void join(JoinGroupRequest request) {
        await(List.of(ProcessGroupServiceGrpc.newFutureStub(administration).joinGroup(request)));
    }

    Access access() {
        return access;
    }

    /** Where gRPC connects. */
    public InetSocketAddress grpc() {
        return grpc;
    }

    /** Where WebSockets connect. */
    public InetSocketAddress webSocket() {
        return new InetSocketAddress(http.getHost(), http.getPort());
    }

    /** Processor time, user and system, to 10 ms; -1: unknown. */
    public long cpuNanos() {
        return process.cpuNanos();
    }

    /** Processor time of what it keeps its groups in; -1: it keeps them itself. */
    long storeCpuNanos() {
        return store == null ? -1 : store.cpuNanos();
    }

    /** What tells it from other servers of the benchmark, as a suffix to names. */
    String suffix() {
        return (store == null ? "" : " on redis") + (label.isEmpty() ? "" : " " + label);
    }

    /** The sum of all series of its own metrics whose lines begin so. */
    public double metric(String begin) {
        return sum(line -> line.startsWith(begin));
    }

    /** Collects garbage first. */
    public Memory memory() {
        return new Memory(collectGarbage() ? used() : -1, process.resident());
    }

    /** Bytes of physical memory; -1: unknown. */
    public long resident() {
        return process.resident();
    }

    /** It says so itself. */
    public boolean isReady() {
        return isReady(client, http);
    }

    private boolean collectGarbage() {
        try {
            Process collection = new ProcessBuilder(
                            java.resolve("bin/jcmd").toString(), Long.toString(process.pid()), "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return collection.waitFor() == 0;
        } catch (IOException noJcmd) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private long used() {
        return (long) sum(line -> line.startsWith("jvm_memory_used_bytes{") && line.contains("area=\"heap\"")
                || line.startsWith("jvm_buffer_memory_used_bytes{") && line.contains("id=\"direct\""));
    }

    private double sum(Predicate<String> wanted) {
        return get(client, http.resolve("/q/metrics"))
                .body()
                .lines()
                .filter(wanted)
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static boolean isReady(HttpClient client, URI http) {
        try {
            return get(client, http.resolve("/q/health/ready")).statusCode() == 200;
        } catch (IllegalStateException notYet) {
            return false;
        }
    }

    private static HttpResponse<String> get(HttpClient client, URI uri) {
        try {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new IllegalStateException(uri + " cannot be read", failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    private static void forEach(List<String> groups, Function<String, Future<?>> call) {
        for (int from = 0; from < groups.size(); from += CALLS_AT_ONCE) {
            List<Future<?>> answers = new ArrayList<>();
            groups.subList(from, Math.min(from + CALLS_AT_ONCE, groups.size()))
                    .forEach(group -> answers.add(call.apply(group)));
            await(answers);
        }
    }

    private static void await(List<Future<?>> answers) {
        try {
            for (Future<?> answer : answers) {
                answer.get(ADMINISTRATION_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException("a call failed", failure);
        }
    }

    @Override
    public void close() {
        administration.shutdownNow();
        process.close();
        if (store != null) {
            store.close();
        }
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
