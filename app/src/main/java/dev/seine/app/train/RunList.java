package dev.seine.app.train;

import dev.seine.serving.board.RunEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runs in the folder that one run lies in, the youngest first, its own comparisons among them. */
final class RunList implements Supplier<List<RunEntry>> {
    private static final Logger LOG = LoggerFactory.getLogger(RunList.class);
    private static final int MOST = 200;

    private final RunFolder current;

    RunList(RunFolder current) {
        this.current = current;
    }

    @Override
    public List<RunEntry> get() {
        Path beside = Optional.ofNullable(current.root().getParent()).orElse(current.root());
        try (Stream<Path> runs = Files.list(beside);
                Stream<Path> compared =
                        Files.isDirectory(current.comparisons()) ? Files.list(current.comparisons()) : Stream.empty()) {
            return Stream.concat(runs, compared)
                    .map(RunFolder::new)
                    .filter(RunFolder::begun)
                    .map(folder -> entry(beside, folder))
                    .sorted(Comparator.comparingLong(RunEntry::begunAtMs).reversed())
                    .limit(MOST)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + beside, e);
        }
    }

    private RunEntry entry(Path beside, RunFolder folder) {
        return new RunEntry(
                beside.relativize(folder.root()).toString(),
                setting(folder, "reward", "recipe"),
                setting(folder, "run", "policy"),
                Candidate.versions(folder).stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(-1),
                begunAt(folder),
                folder.viewerUrl().orElse(""),
                "./seine view --run " + folder.root(),
                folder.root().equals(current.root()));
    }

    /** A run of an older version, or one with a broken configuration, is listed all the same. */
    private static String setting(RunFolder folder, String section, String key) {
        Pattern line = Pattern.compile("(?m)^" + key + "\\s*=\\s*\"([^\"]*)\"");
        try {
            String text = Files.readString(folder.config());
            int from = text.indexOf("[" + section + "]");
            Matcher found = line.matcher(text);
            return from >= 0 && found.find(from) ? found.group(1) : "";
        } catch (IOException e) {
            LOG.warn("cannot read {}: {}", folder.config(), e.toString());
            return "";
        }
    }

    private static long begunAt(RunFolder folder) {
        try {
            return Files.getLastModifiedTime(folder.config()).toMillis();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the time of " + folder.config(), e);
        }
    }
}
