package dev.seine.producers.retrieval.dense;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.IOUtils;

/**
 * Vectors on this machine: a folder with one Lucene index a generation, and a file that names the published one. Whoever searches looks at
 * that file before each search.
 */
public final class LuceneVectorStore implements VectorStore {
    private static final String GENERATION = "generation-";
    private static final String PUBLISHED = "published";

    private final Path folder;
    private Optional<LuceneDraft> draft = Optional.empty();

    /** The store in a folder, which need not be there. */
    public LuceneVectorStore(Path folder) {
        this.folder = folder;
    }

    @Override
    public Optional<Vectors> published() {
        return number().isPresent() ? Optional.of(new LatestVectors(this)) : Optional.empty();
    }

    @Override
    public VectorDraft draft(VectorSpace space) {
        try {
            long published = number().orElse(0);
            List<Long> begun = generations().stream().filter(n -> n > published).toList();
            long number = begun.isEmpty() ? published + 1 : begun.get(begun.size() - 1);
            if (!begun.isEmpty() && !continues(number, space)) {
                IOUtils.rm(folder(number));
            }
            draft = Optional.of(LuceneDraft.open(folder(number), space));
            return draft.get();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void publish() {
        LuceneDraft written = draft.orElseThrow(() -> new IllegalStateException("no draft in " + folder));
        written.flush();
        if (written.count() == 0) {
            throw new IllegalStateException("no passage in the draft in " + folder);
        }
        written.close();
        draft = Optional.empty();
        try {
            List<Long> all = generations();
            long newest = all.get(all.size() - 1);
            Path name = Files.writeString(folder.resolve(PUBLISHED + ".tmp"), Long.toString(newest));
            Files.move(name, folder.resolve(PUBLISHED), StandardCopyOption.ATOMIC_MOVE);
            for (long older : all.subList(0, all.size() - 1)) {
                IOUtils.rm(folder(older));
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        draft.ifPresent(LuceneDraft::close);
        draft = Optional.empty();
    }

    /** Number of the published generation. */
    OptionalLong number() {
        Path file = folder.resolve(PUBLISHED);
        try {
            return Files.exists(file)
                    ? OptionalLong.of(Long.parseLong(Files.readString(file).strip()))
                    : OptionalLong.empty();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Opens a generation. */
    LuceneVectors open(long number) {
        try {
            return LuceneVectors.open(folder(number));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private boolean continues(long number, VectorSpace space) throws IOException {
        try (Directory directory = new MMapDirectory(folder(number))) {
            return DirectoryReader.indexExists(directory)
                    && LuceneVectors.space(directory).equals(space);
        }
    }

    /** Numbers of the generations there are, in order. */
    private List<Long> generations() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches(GENERATION + "\\d+"))
                    .map(name -> Long.parseLong(name.substring(GENERATION.length())))
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }

    private Path folder(long number) {
        return folder.resolve(GENERATION + number);
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException("vectors in " + folder + " cannot be used: " + e, e);
    }
}
