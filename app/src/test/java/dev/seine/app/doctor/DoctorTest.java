package dev.seine.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.app.doctor.Finding.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DoctorTest {
    @TempDir
    private Path folder;

    @Test
    void nothingFailsWhereTheTestsRun() {
        List<Finding> findings = examine(folder.resolve("runs/of/mine"), Optional.empty(), Optional.empty());

        assertThat(findings).noneMatch(finding -> finding.level() == Level.FAIL);
        assertThat(findings)
                .extracting(Finding::check)
                .containsExactly(
                        "JDK",
                        "cores",
                        "memory",
                        "run folder",
                        "loopback ports",
                        "PyTorch",
                        "tokenizers",
                        "Kafka",
                        "registry");
    }

    @Test
    void fileInPlaceOfTheFolderFails() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThat(Machine.folder(file.resolve("runs")).level()).isEqualTo(Level.FAIL);
    }

    @Test
    void registryThatIsNotThereFailsWithAdvice() {
        assertThat(examine(folder, Optional.empty(), Optional.of("http://127.0.0.1:9")))
                .filteredOn(finding -> finding.check().equals("registry"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.FAIL);
                    assertThat(finding.found()).contains("127.0.0.1:9");
                    assertThat(finding.advice()).contains("--registry");
                });
    }

    @Test
    void brokerThatIsNotThereEndsWithExitCodeOne() {
        int code = new CommandLine(new DoctorCommand())
                .execute("--run", folder.toString(), "--bootstrap", "127.0.0.1:9", "--registry", "http://127.0.0.1:9");

        assertThat(code).isEqualTo(1);
    }

    private static List<Finding> examine(Path runs, Optional<String> bootstrap, Optional<String> registry) {
        return Doctor.examine(new Doctor.Request(runs, bootstrap, registry, Map.of()));
    }
}
