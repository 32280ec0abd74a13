package dev.seine.app.report;

/** How a question of an evaluation went. */
public record Answered(String dataset, String id, boolean correct, int searches) {
    String key() {
        return dataset + "/" + id;
    }
}
