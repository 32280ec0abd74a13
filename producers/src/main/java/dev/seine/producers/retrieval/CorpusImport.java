package dev.seine.producers.retrieval;

import dev.seine.event.Passage;
import dev.seine.producers.JsonRecords;
import dev.seine.producers.RefusedLine;
import dev.seine.producers.TextLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.store.MMapDirectory;

/**
 * Reads a corpus file of any size into a BM25 index in a folder. Memory is bounded by the writer's buffer and the longest line; ids are
 * compared in the index. What was committed stays when the process dies, and the next import of the same file goes on behind it. An
 * index is searched only once it is complete.
 */
public final class CorpusImport {
    private static final double BUFFER_MB = 64;

    private final Path folder;
    private final int maxPassageChars;
    private final int commitEvery;

    /**
     * An import into a folder.
     *
     * @param maxPassageChars longest text of a passage
     * @param commitEvery passages between two commits: most that a crash costs
     */
    public CorpusImport(Path folder, int maxPassageChars, int commitEvery) {
        if (commitEvery < 1) {
            throw new IllegalArgumentException("passages between commits must be at least 1, got " + commitEvery);
        }
        this.folder = folder;
        this.maxPassageChars = maxPassageChars;
        this.commitEvery = commitEvery;
    }

    /**
     * How far an import is.
     *
     * @param bytes of the file read
     * @param totalBytes of the file
     * @param passages in the index
     * @param refused lines left out
     */
    public record Progress(long bytes, long totalBytes, long passages, long refused) {}

    /**
     * Imports the file, or what is left of it.
     *
     * @param refused told of each line that is no passage, and at the end of those that repeat an id
     * @param progress told after each commit
     * @return the end
     * @throws IllegalArgumentException if the folder holds another corpus, another import is at work there, or there is no passage
     */
    public Progress run(Path corpus, Consumer<RefusedLine> refused, Consumer<Progress> progress) {
        try (Directory directory = new MMapDirectory(folder);
                Analyzer analyzer = new EnglishAnalyzer()) {
            if (JsonRecords.array(corpus)) {
                throw new IllegalArgumentException(corpus + " is a JSON array; an import needs one object a line");
            }
            ImportState fresh = new ImportState(
                    corpus.toAbsolutePath().normalize().toString(), Files.size(corpus), maxPassageChars, 0, 0, false);
            ImportState begun = ImportState.read(directory).orElse(fresh);
            if (!fresh.continues(begun)) {
                throw new IllegalArgumentException(
                        begun.described(folder) + ": name another folder for " + corpus + ", or remove this one");
            }
            IndexWriterConfig config = PassageFields.writing(analyzer).setRAMBufferSizeMB(BUFFER_MB);
            try (IndexWriter writer = new IndexWriter(directory, config)) {
                return begun.complete()
                        ? new Progress(begun.bytes(), begun.bytes(), writer.getDocStats().numDocs, begun.refused())
                        : new Work(writer, corpus, begun, refused, progress).run();
            }
        } catch (LockObtainFailedException e) {
            throw new IllegalArgumentException("another import is at work in " + folder, e);
        } catch (IOException e) {
            throw new UncheckedIOException("import of " + corpus + " into " + folder + " failed: " + e, e);
        }
    }

    /** One run of an import. */
    private final class Work {
        private final IndexWriter writer;
        private final Path corpus;
        private final Consumer<RefusedLine> refused;
        private final Consumer<Progress> progress;
        private ImportState state;
        private long line;
        private long bad;
        private int uncommitted;

        Work(
                IndexWriter writer,
                Path corpus,
                ImportState begun,
                Consumer<RefusedLine> refused,
                Consumer<Progress> progress) {
            this.writer = writer;
            this.corpus = corpus;
            this.state = begun;
            this.refused = refused;
            this.progress = progress;
            this.line = begun.line();
            this.bad = begun.refused();
        }

        Progress run() throws IOException {
            CorpusLines lines = CorpusLines.of(corpus, maxPassageChars, id -> true, this::add);
            try (FileChannel file = FileChannel.open(corpus)) {
                TextLines.Sink sink = (number, text) -> {
                    line = number;
                    lines.line(number, text);
                    if (uncommitted >= commitEvery) {
                        commit(false);
                        progress.accept(at(position(file)));
                    }
                };
                TextLines.read(Channels.newInputStream(file), corpus, state.line(), sink, this::refuse);
            }
            dropRepeated();
            if (writer.getDocStats().numDocs == 0) {
                throw new IllegalArgumentException(
                        "corpus " + corpus + " is empty: got 0 passages, expected at least 1");
            }
            writer.forceMerge(1);
            commit(true);
            Progress end = at(state.bytes());
            progress.accept(end);
            return end;
        }

        private void add(Passage passage) {
            try {
                writer.addDocument(PassageFields.document(passage, line));
                uncommitted++;
            } catch (IOException e) {
                throw new UncheckedIOException("passage " + passage.getId() + " cannot be indexed: " + e, e);
            }
        }

        private void refuse(RefusedLine bad) {
            this.bad++;
            refused.accept(bad);
        }

        private void commit(boolean complete) {
            try {
                state = state.at(line, bad, complete);
                writer.setLiveCommitData(state.entries());
                writer.commit();
                uncommitted = 0;
            } catch (IOException e) {
                throw new UncheckedIOException("index " + folder + " cannot be written: " + e, e);
            }
        }

        private Progress at(long bytes) {
            return new Progress(bytes, state.bytes(), writer.getDocStats().numDocs, bad);
        }

        /** Of the passages with one id the first stays. The term dictionary knows them, so that ids need no memory. */
        private void dropRepeated() throws IOException {
            try (DirectoryReader reader = DirectoryReader.open(writer)) {
                Terms ids = MultiTerms.getTerms(reader, PassageFields.ID);
                TermsEnum id = ids == null ? TermsEnum.EMPTY : ids.iterator();
                StoredFields fields = reader.storedFields();
                while (id.next() != null) {
                    PostingsEnum passages = id.docFreq() > 1 ? id.postings(null, PostingsEnum.NONE) : null;
                    for (int i = 0; passages != null && passages.nextDoc() != DocIdSetIterator.NO_MORE_DOCS; i++) {
                        if (i > 0) {
                            drop(reader, fields, passages.docID(), id.term().utf8ToString());
                        }
                    }
                }
            }
        }

        private void drop(DirectoryReader reader, StoredFields fields, int number, String id) throws IOException {
            long at = PassageFields.line(fields, number);
            if (writer.tryDeleteDocument(reader, number) < 0) {
                throw new IllegalStateException("passage " + id + " of line " + at + " cannot be taken out again");
            }
            refuse(new RefusedLine(corpus, at, "id " + id + " was there before"));
        }
    }

    private static long position(FileChannel file) {
        try {
            return file.position();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
