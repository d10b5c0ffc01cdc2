package io.plexspaces.processgroups.bench.system;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The least a script can change: adds to one field of one hash. */
final class CountingScript implements CalledScript {
    private static final String TEXT = "return redis.call('HINCRBY', KEYS[1], ARGV[1], 1)";
    private static final byte[] CALL = CalledScript.command(List.of("EVALSHA", sha1(TEXT), "1", "calls", "count"));

    @Override
    public List<byte[]> preparation() {
        return List.of(CalledScript.command(List.of("SCRIPT", "LOAD", TEXT)));
    }

    @Override
    public void call(ByteBuffer out) {
        out.put(CALL);
    }

    @Override
    public int size() {
        return CALL.length;
    }

    @Override
    public boolean isDone(ByteBuffer in, int from, int to) {
        return in.get(from) == ':';
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
