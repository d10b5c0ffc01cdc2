package io.plexspaces.processgroups.domain;

/** A text that counts how often one of its characters is looked at. */
public final class Reads implements CharSequence {
    private final String text;
    public int count;

    public Reads(String text) {
        this.text = text;
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public char charAt(int index) {
        count++;
        return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        throw new UnsupportedOperationException();
    }
}
