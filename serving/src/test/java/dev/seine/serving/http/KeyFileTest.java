package dev.seine.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    @TempDir
    Path folder;

    private KeyFile keys() {
        return new KeyFile(folder.resolve("keys"));
    }

    private String add(String name) {
        return keys().add(name, new SecureRandom(), Clock.systemUTC());
    }

    @Test
    void aKeyIsFoundByItsSecretWhichIsKeptNowhere() throws Exception {
        String secret = add("front end");
        assertThat(keys().find(secret)).get().extracting(ApiKey::name).isEqualTo("front end");
        assertThat(keys().find(secret + "x")).isEmpty();
        assertThat(Files.readString(folder.resolve("keys"))).doesNotContain(secret.substring(secret.length() - 20));
    }

    @Test
    void aRevokedKeyIsUnknownToAServiceThatRuns() {
        String first = add("a");
        String second = add("b");
        KeyFile running = keys();
        String id = running.find(first).orElseThrow().id();
        assertThat(keys().revoke(id)).isTrue();
        assertThat(running.find(first)).isEmpty();
        assertThat(running.find(second)).isPresent();
        assertThat(keys().revoke(id)).isFalse();
    }

    @Test
    void aLineThatIsNoKeyIsNamed() throws Exception {
        add("a");
        Files.writeString(folder.resolve("keys"), Files.readString(folder.resolve("keys")) + "junk\n");
        assertThatThrownBy(() -> keys().keys()).hasMessageContaining("line 2").hasMessageContaining("got 1 fields");
    }
}
