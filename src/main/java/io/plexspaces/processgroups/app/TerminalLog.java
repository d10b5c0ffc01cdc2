package io.plexspaces.processgroups.app;

import io.plexspaces.processgroups.cli.terminal.Terminal;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** The log is for people where a person sees it, unless the operator says otherwise; elsewhere it is JSON. */
public final class TerminalLog implements ConfigSource {
    private static final Set<String> KEYS =
            Set.of("quarkus.log.console.json.enabled", "%prod.quarkus.log.console.json.enabled");

    /** Before what is built in, behind whatever an operator can set. */
    private static final int ORDINAL = 255;

    private final BooleanSupplier isTerminal;

    /** Called when the configuration is read. */
    public TerminalLog() {
        this(Terminal::isOutputATerminal);
    }

    TerminalLog(BooleanSupplier isTerminal) {
        this.isTerminal = isTerminal;
    }

    @Override
    public String getName() {
        return "log of a terminal";
    }

    @Override
    public int getOrdinal() {
        return ORDINAL;
    }

    @Override
    public Set<String> getPropertyNames() {
        return isTerminal.getAsBoolean() ? KEYS : Set.of();
    }

    @Override
    public @Nullable String getValue(String key) {
        return KEYS.contains(key) && isTerminal.getAsBoolean() ? "false" : null;
    }
}
