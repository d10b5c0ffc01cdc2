package io.plexspaces.processgroups.bench.attack;

import io.grpc.StatusRuntimeException;
import io.plexspaces.processgroups.bench.system.Tokens;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The process of one attack. Ends by itself after its time, without closing anything, and prints what it has done.
 * Arguments: name of the attack, HTTP port, gRPC port, seconds; and where tokens are needed, the folder of their
 * issuer.
 */
public final class Attacker {
    /** Between two rounds of which the first was refused, so that an attack does not end in a loop of connecting. */
    private static final Duration PAUSE = Duration.ofMillis(5);

    private Attacker() {}

    public static void main(String[] arguments) {
        Attack attack = Attack.all().stream()
                .filter(each -> each.name().equals(arguments[0]))
                .findFirst()
                .orElseThrow();
        Tokens tokens = arguments.length > 4 ? Tokens.read(Path.of(arguments[4])) : null;
        Victim victim = new Victim(loopback(arguments[1]), loopback(arguments[2]), tokens);
        Ledger ledger = new Ledger();
        Executors.newSingleThreadScheduledExecutor()
                .schedule(
                        () -> {
                            System.out.println(ledger);
                            Runtime.getRuntime().halt(0);
                        },
                        Long.parseLong(arguments[3]),
                        TimeUnit.SECONDS);
        for (int i = 0; i < attack.threads(); i++) {
            new Thread(() -> repeat(attack, victim, ledger), attack.name() + "-" + i).start();
        }
    }

    private static InetSocketAddress loopback(String port) {
        return new InetSocketAddress("127.0.0.1", Integer.parseInt(port));
    }

    private static void repeat(Attack attack, Victim victim, Ledger ledger) {
        while (!Thread.interrupted()) {
            try {
                attack.step().run(victim, ledger);
                ledger.count("rounds");
            } catch (IOException closed) {
                ledger.count("connections closed by the server");
                pause();
            } catch (StatusRuntimeException failure) {
                ledger.count(failure.getStatus().getCode().name());
                pause();
            }
        }
    }

    static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
