package io.plexspaces.processgroups.cli.setup;

import io.plexspaces.processgroups.cli.client.Failure;
import io.plexspaces.processgroups.cli.client.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keys and signatures of tokens, by the JDK alone: this side makes tokens, and relies on none. */
final class Keys {
    private static final int SECRET_BYTES = 32;
    private static final int LINE = 64;
    private static final String PEM = "-----BEGIN ";
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private Keys() {}

    /** Both in PEM. */
    record Pair(String secret, String shown) {}

    static String secret() {
        byte[] secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return BASE64.encodeToString(secret);
    }

    static Pair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            return new Pair(
                    pem("PRIVATE KEY", pair.getPrivate().getEncoded()),
                    pem("PUBLIC KEY", pair.getPublic().getEncoded()));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static String pem(String kind, byte[] key) {
        String base64 = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(key);
        return PEM + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
    }

    /** Readable by this user alone. An existing file stays as it is. */
    static void write(Path file, String text) {
        try {
            Files.createFile(file, mine());
            Files.writeString(file, text);
        } catch (FileAlreadyExistsException exists) {
            throw Failure.usage(file + " exists already: give another name, or delete it");
        } catch (IOException failure) {
            throw Failure.usage(file + " cannot be written: " + failure.getMessage());
        }
    }

    private static FileAttribute<?>[] mine() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /** A token with these claims: ES256 by a private key in PEM, else HS256 by a secret. */
    static String signed(Path file, Json claims) {
        String key = read(file);
        boolean isPair = key.startsWith(PEM);
        String signed =
                part(Json.object().put("alg", isPair ? "ES256" : "HS256").put("typ", "JWT")) + "." + part(claims);
        byte[] bytes = signed.getBytes(StandardCharsets.US_ASCII);
        try {
            return signed + "." + BASE64.encodeToString(isPair ? elliptic(key, bytes) : shared(key, bytes));
        } catch (GeneralSecurityException | IllegalArgumentException unusable) {
            throw Failure.usage(file + " is no key of `pg token key`, and no secret of `pg token secret`");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw Failure.usage(file + " cannot be read: make a secret with `pg token secret " + file + "`");
        }
    }

    private static byte[] shared(String secret, byte[] text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return mac.doFinal(text);
    }

    private static byte[] elliptic(String pem, byte[] text) throws GeneralSecurityException {
        String base64 = pem.replaceAll("-----[A-Z ]+-----|\\s", "");
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initSign(KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64))));
        signature.update(text);
        return signature.sign();
    }

    private static String part(Json json) {
        return BASE64.encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
    }
}
