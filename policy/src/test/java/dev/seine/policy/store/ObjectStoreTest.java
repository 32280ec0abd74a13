package dev.seine.policy.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.seine.policy.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against a double of the protocol or, by {@code -Dseine.s3=http://HOST:PORT}, a server with an empty bucket named {@code models}. The one
 * folder is the learner's machine, the other a generator's.
 */
final class ObjectStoreTest {
    private static final String WEIGHTS = "weights/v000001.safetensors";

    @TempDir
    private Path folder;

    private S3Double server;
    private String url;
    private Path here;
    private RunStore learner;
    private RunStore generator;

    @BeforeEach
    void open() throws IOException {
        System.setProperty("aws.accessKeyId", "key");
        System.setProperty("aws.secretAccessKey", "very-secret");
        server = new S3Double(0);
        url = "s3://models/test-" + System.nanoTime();
        here = folder.resolve("learner");
        learner = open(here);
        generator = open(folder.resolve("generator"));
    }

    @AfterEach
    void close() {
        learner.close();
        generator.close();
        server.close();
    }

    private RunStore open(Path run) {
        return at(System.getProperty("seine.s3", server.url())).open(run, "role", 5 << 20);
    }

    private StoreConfig at(String endpoint) {
        return new StoreConfig(Optional.of(url), Optional.of(endpoint), "us-east-1", 2);
    }

    private Path file(String name, String content) throws IOException {
        Path file = here.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private Pointer put(Path file) throws IOException {
        return new Pointer(learner.put(file, Sha256.of(file)), Files.size(file), Sha256.of(file));
    }

    private static Path await(RunStore store, Pointer pointer) {
        long until = System.nanoTime() + 30_000_000_000L;
        while (System.nanoTime() < until) {
            if (store.find(pointer) instanceof Sought.Here found) {
                return found.file();
            }
            Thread.onSpinWait();
        }
        throw new AssertionError(pointer + " did not come");
    }

    @Test
    void whatWasPutIsFoundByItsPointerUntilItIsRemoved() throws IOException {
        Path file = file(WEIGHTS, "weights");
        Pointer pointer = put(file);
        assertThat(pointer.uri()).hasToString(url + "/" + WEIGHTS);
        assertThat(await(generator, pointer)).hasContent("weights").isNotEqualTo(file);
        learner.remove(file);
        learner.remove(file); // there is none, and that is no fault
        try (RunStore third = open(folder.resolve("third"))) {
            assertThat(third.fetch(pointer)).isEmpty();
        }
        assertThat(generator.fetch(pointer)).as("as fetched before").isPresent();
    }

    @Test
    void whoWroteAFileDoesNotFetchIt() throws IOException {
        Path file = file(WEIGHTS, "weights");
        Pointer pointer = put(file);
        assertThat(await(learner, pointer)).isEqualTo(file);
        Files.writeString(file, "w3ights"); // written anew: the copy is what was announced
        assertThat(learner.fetch(pointer).orElseThrow()).hasContent("weights");
    }

    @Test
    void anotherFileThanAnnouncedNeverHasItsName() throws IOException {
        Pointer pointer = put(file(WEIGHTS, "weights"));
        String other = "0".repeat(64);
        assertThatThrownBy(() -> generator.fetch(new Pointer(pointer.uri(), 8, pointer.sha256())))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("has bytes 7, expected 8");
        assertThatThrownBy(() -> generator.fetch(new Pointer(pointer.uri(), 7, other)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("has SHA-256 " + pointer.sha256() + ", expected " + other);
        assertThat(folder.resolve("generator/fetched/role")).isEmptyDirectory();
        assertThat(generator.find(new Pointer(pointer.uri(), 7, other))).isInstanceOf(Sought.Coming.class);
    }

    @Test
    void pointersElsewhereAreRefused() {
        for (String elsewhere : new String[] {
            "s3://other/a",
            "s3://models/another-run/a",
            url + "/../a",
            url + "/a/../../b",
            url + "/a%2e",
            url + "/",
            url,
            "file:/etc/passwd",
            "https://example.org/a"
        }) {
            Pointer pointer = Pointer.of(elsewhere, 1, "00");
            assertThatThrownBy(() -> generator.find(pointer))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected an object under " + url + "/, got " + elsewhere);
            assertThatThrownBy(() -> generator.fetch(pointer)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> learner.put(folder.resolve("elsewhere"), "00"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a file under " + here);
    }

    @Test
    void aStoreThatIsAwayIsWaitedFor() throws IOException {
        Path file = file(WEIGHTS, "weights");
        int port = server.port();
        server.close();
        String endpoint = "http://127.0.0.1:" + port;
        try (RunStore own = at(endpoint).open(here, "role");
                RunStore other = at(endpoint).open(folder.resolve("third"), "role")) {
            assertThatThrownBy(() -> own.put(file, Sha256.of(file)))
                    .isInstanceOf(StoreUnavailable.class)
                    .hasMessageContaining("store s3://models: cannot put");
            Pointer pointer = Pointer.of(url + "/" + WEIGHTS, 7, Sha256.of(file));
            assertThat(other.find(pointer)).isInstanceOf(Sought.Coming.class);
            assertThatThrownBy(() -> other.fetch(pointer)).isInstanceOf(StoreUnavailable.class);
            try (S3Double back = new S3Double(port)) {
                back.refuse(503);
                assertThatThrownBy(() -> own.list(here.resolve("weights"))).isInstanceOf(StoreUnavailable.class);
                back.refuse(0);
                own.put(file, Sha256.of(file));
                assertThat(await(other, pointer)).hasContent("weights");
            }
        }
    }

    @Test
    void whatTheStoreRefusesIsNotWaitedForAndNamesNoSecret() {
        server.refuse(403);
        try (RunStore store = at(server.url()).open(here, "role")) {
            assertThatThrownBy(() -> store.list(here.resolve("weights")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Access Denied")
                    .hasMessageNotContaining("very-secret");
        }
    }

    @Test
    void aLargeFileGoesInPartsAndComesBackWhole() throws IOException {
        byte[] bytes = new byte[(11 << 20) + 3]; // parts of 5, 5 and 1 MiB
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 11));
        }
        Path file = here.resolve(WEIGHTS);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        Path found = generator.fetch(put(file)).orElseThrow();
        assertThat(Arrays.equals(Files.readAllBytes(found), bytes)).isTrue();
    }

    @Test
    void filesAreListedAndRestoredWithTheirOwnChecksums() throws IOException {
        for (int i = 1; i <= 5; i++) { // three pages of the double
            put(file("checkpoints/step-00000" + i + "/state.json", "state " + i));
        }
        put(file(WEIGHTS, "weights"));
        assertThat(learner.list(here.resolve("checkpoints")))
                .hasSize(5)
                .allMatch(path -> path.startsWith(here.resolve("checkpoints")));
        Path there = folder.resolve("generator");
        Path state = there.resolve("checkpoints/step-000003/state.json");
        assertThat(generator.restore(state)).isTrue();
        assertThat(state).hasContent("state 3");
        assertThat(generator.restore(there.resolve("checkpoints/step-000009/state.json")))
                .isFalse();
    }

    @Test
    void aDamagedCopyIsNotRestored() throws IOException {
        Path file = file(WEIGHTS, "weights");
        learner.put(file, "0".repeat(64));
        Path there = folder.resolve("generator").resolve(WEIGHTS);
        assertThatThrownBy(() -> generator.restore(there))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("expected " + "0".repeat(64));
        assertThat(there).doesNotExist();
        assertThat(there.getParent()).isEmptyDirectory();
    }

    @Test
    void onlyTheFilesUsedLastAreKept() throws IOException {
        Pointer[] pointers = new Pointer[3];
        for (int i = 0; i < 3; i++) {
            pointers[i] = put(file("weights/v00000" + i + ".safetensors", "weights " + i));
        }
        Path first = generator.fetch(pointers[0]).orElseThrow();
        Path second = generator.fetch(pointers[1]).orElseThrow();
        Files.setLastModifiedTime(second, FileTime.fromMillis(0));
        Path third = generator.fetch(pointers[2]).orElseThrow();
        assertThat(folder.resolve("generator/fetched/role"))
                .isDirectoryContaining("glob:**" + first.getFileName())
                .isDirectoryContaining("glob:**" + third.getFileName());
        assertThat(second).doesNotExist();
    }

    @Test
    void addressesHoldNoCredentialsAndNothingElseThatIsNotOne() {
        for (String bad : new String[] {
            "s3://me:secret@models/run", "http://models/run", "s3:///run", "s3://models/a b", "s3://models/../x"
        }) {
            assertThatThrownBy(() -> new StoreConfig(Optional.of(bad), Optional.empty(), "r", 2))
                    .hasMessageContaining("store.url must be s3://bucket/prefix")
                    .hasMessageNotContaining("secret");
        }
        for (String bad : new String[] {"http://me:secret@host:9000", "host:9000", "ftp://host"}) {
            assertThatThrownBy(() -> new StoreConfig(Optional.of(url), Optional.of(bad), "r", 2))
                    .hasMessageContaining("store.endpoint must be http(s)://host:port")
                    .hasMessageNotContaining("secret");
        }
        assertThat(at("http://h").below("compare/grpo").url()).contains(url + "/compare/grpo");
    }
}
