package dev.seine.app.operations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/**
 * What a process shows of itself at one moment.
 *
 * @param text as Prometheus reads it
 */
public record Scrape(String text) {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** As of now. */
    public static Scrape of(Operations operations) {
        try {
            URI metrics = URI.create(operations.url().orElseThrow() + "/metrics");
            HttpRequest request = HttpRequest.newBuilder(metrics).build();
            return new Scrape(
                    HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * The sum over all series of this name with these labels, which must be one at least.
     *
     * @param labels such as {@code outcome="joined"}
     */
    public double sum(String series, String... labels) {
        List<String> lines = text.lines()
                .filter(line -> line.split("[{ ]", 2)[0].equals(series))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .toList();
        if (lines.isEmpty()) {
            throw new AssertionError("no series " + series + " with " + List.of(labels) + " in\n" + text);
        }
        return lines.stream()
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    /** By how much the sum has grown since an earlier moment. */
    public double since(Scrape earlier, String series, String... labels) {
        return sum(series, labels) - earlier.sum(series, labels);
    }
}
