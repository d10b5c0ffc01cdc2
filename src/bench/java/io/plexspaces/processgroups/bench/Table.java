package io.plexspaces.processgroups.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Outcomes as rows of a Markdown table.
 *
 * @param title what was measured, and how
 */
record Table(String title, List<Outcome> rows) {
    boolean hasFailures() {
        return rows.stream().anyMatch(row -> !row.failures().isEmpty());
    }

    @Override
    public String toString() {
        List<String> columns = new ArrayList<>();
        rows.forEach(row -> row.metrics().keySet().stream()
                .filter(name -> !columns.contains(name))
                .forEach(columns::add));
        StringBuilder text = new StringBuilder("\n### " + title + "\n\n| |");
        columns.forEach(name -> text.append(' ').append(name).append(" |"));
        text.append(" checks |\n|---|").append("---:|".repeat(columns.size())).append("---|\n");
        for (Outcome row : rows) {
            text.append("| ").append(row.label()).append(" |");
            columns.forEach(name -> text.append(' ')
                    .append(Report.shown(row.metrics().get(name)))
                    .append(" |"));
            text.append(row.failures().isEmpty() ? " ok |\n" : " FAILED: " + row.failures() + " |\n");
        }
        return text.toString();
    }
}
