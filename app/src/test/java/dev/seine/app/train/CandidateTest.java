package dev.seine.app.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.app.config.ConfigException;
import dev.seine.app.config.ConfigLoader;
import dev.seine.app.config.Source;
import dev.seine.policy.store.LocalStore;
import dev.seine.policy.store.Pointer;
import dev.seine.policy.store.RunStore;
import dev.seine.policy.store.Sought;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CandidateTest {
    private static final RunConfig CONFIG = ConfigLoader.load(RunConfig.class, List.of(Source.defaults()));

    @TempDir
    Path root;

    private RunFolder folder;

    @BeforeEach
    void publish() throws Exception {
        folder = new RunFolder(root);
        Files.createDirectories(folder.weights());
        Files.writeString(folder.coldStartWeights(), "cold start");
        Files.writeString(folder.weights(3), "3 from here");
    }

    /** A store with versions 3 and 7. */
    private record Copies(RunFolder folder) implements RunStore {
        @Override
        public List<Path> list(Path under) {
            assertThat(under).isEqualTo(folder.weights());
            return List.of(
                    folder.weights(3), folder.weights(7), folder.weights().resolve("notes.txt"));
        }

        @Override
        public boolean restore(Path file) {
            if (!file.equals(folder.weights(7))) {
                return false;
            }
            try {
                Files.writeString(file, "7 from the store");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return true;
        }

        @Override
        public URI put(Path file, String sha256) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void remove(Path file) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Sought find(Pointer pointer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Path> fetch(Pointer pointer) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @Test
    void theNewestIsTheNewestOfTheFolderAndItsStore() throws Exception {
        Candidate here = Candidate.of("newest", "", folder, CONFIG, new LocalStore(root));
        assertThat(List.of(here.label(), Files.readString(here.weights()))).containsExactly("v3", "3 from here");

        Candidate there = Candidate.of("newest", "", folder, CONFIG, new Copies(folder));
        assertThat(List.of(there.label(), Files.readString(there.weights()))).containsExactly("v7", "7 from the store");
        assertThat(there.version()).isEqualTo(7);
    }

    @Test
    void whatIsHereIsNotFetched() throws Exception {
        Candidate three = Candidate.of("3", "ours ", folder, CONFIG, new Copies(folder));
        assertThat(List.of(three.label(), Files.readString(three.weights()))).containsExactly("ours v3", "3 from here");
    }

    @Test
    void aVersionThatIsNowhereIsRefusedWithThoseThatAre() {
        assertThatThrownBy(() -> Candidate.of("v5", "", folder, CONFIG, new Copies(folder)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no weights v5")
                .hasMessageContaining("cold-start and versions [3, 7]");
    }

    @Test
    void aRunWithoutVersionsHasItsColdStart() throws Exception {
        Files.delete(folder.weights(3));
        assertThat(Candidate.of("newest", "", folder, CONFIG, new LocalStore(root))
                        .label())
                .isEqualTo("cold-start");
    }
}
