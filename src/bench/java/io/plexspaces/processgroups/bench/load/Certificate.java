package io.plexspaces.processgroups.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate of this machine's loopback interface (EC P-256, signed by itself), and its key.
 *
 * @param file with the certificate (PEM)
 * @param key file with its key (PEM, PKCS#8)
 * @param context of a side that trusts this certificate alone, and shows it when it is a server
 */
public record Certificate(Path file, Path key, SSLContext context) {
    private static final String NAME = "server";
    /** Keeps nobody out: the key lies beside it in plain text. */
    private static final String PASSWORD = "benchmark";

    private static final int DAYS = 7;

    /** A new one, by the keytool of the Java that runs this. */
    public static Certificate made(Path folder) {
        Path store = folder.resolve(NAME + ".p12");
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(store);
            run(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    NAME,
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=localhost",
                    "-ext",
                    "san=dns:localhost,ip:127.0.0.1",
                    "-validity",
                    Integer.toString(DAYS),
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    PASSWORD));
            return read(store);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (GeneralSecurityException malformed) {
            throw new IllegalStateException(store + " cannot be read", malformed);
        }
    }

    private static Certificate read(Path store) throws IOException, GeneralSecurityException {
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            all.load(in, PASSWORD.toCharArray());
        }
        Path file = pem(
                store.resolveSibling(NAME + ".pem"),
                "CERTIFICATE",
                all.getCertificate(NAME).getEncoded());
        Path key = pem(
                store.resolveSibling(NAME + ".key"),
                "PRIVATE KEY",
                all.getKey(NAME, PASSWORD.toCharArray()).getEncoded());
        return new Certificate(file, key, context(all));
    }

    private static SSLContext context(KeyStore all) throws IOException, GeneralSecurityException {
        KeyManagerFactory shown = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        shown.init(all, PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(NAME, all.getCertificate(NAME));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static Path pem(Path file, String what, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("no certificate was made: " + printed);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
