package dev.seine.app.report;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a report folder: {@code report.json}, {@code index.html} and {@code curves/NAME.png}. */
public final class ReportWriter {
    /** Reads and writes the figures of this package. */
    static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private ReportWriter() {}

    /**
     * Writes the report, over an older one if there is one. The figures are written first, so that they are there even if
     * the page cannot be.
     *
     * @return the page
     * @throws UncheckedIOException if the folder cannot be written
     */
    public static Path write(ReportData data, Path folder) {
        try {
            Files.createDirectories(folder);
            JSON.writeValue(folder.resolve("report.json").toFile(), data);
            Pictures pictures = Pictures.of(data.recipes());
            Path curves = Files.createDirectories(folder.resolve("curves"));
            for (Pictures.Picture picture : pictures.all()) {
                Files.write(curves.resolve(picture.name() + ".png"), picture.png());
            }
            return Files.writeString(folder.resolve("index.html"), Page.of(data, pictures, css()));
        } catch (IOException e) {
            throw new UncheckedIOException("report in " + folder + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** The style of all pages. */
    static String css() throws IOException {
        try (InputStream in = ReportWriter.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
