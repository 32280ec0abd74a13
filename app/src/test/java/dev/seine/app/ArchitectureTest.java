package dev.seine.app;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The walls between modules and within them. */
class ArchitectureTest {
    private static final String[] WIRE = {"dev.seine.event..", "dev.seine.schemas.."};

    private static JavaClasses seine;

    @BeforeAll
    static void read() {
        // Our own classes say enough; those of the libraries are known by name.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        seine = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.seine");
    }

    @Test
    void packagesHaveNoCycles() {
        // Main lists the commands, and nothing may use Main.
        slices().matching("dev.seine.(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(type(Main.class), alwaysTrue())
                .check(seine);
        noClasses()
                .that()
                .doNotBelongToAnyOf(Main.class)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Main.class)
                .check(seine);
    }

    /** Only in such packages does the compiler look for nulls; those of generated classes are none. */
    @Test
    void everyPackageSaysWhatMayBeNull() {
        assertThat(seine.stream()
                        .map(JavaClass::getPackage)
                        .filter(of -> !of.getName().equals("dev.seine.event"))
                        .filter(of -> !of.isAnnotatedWith(NullMarked.class))
                        .map(JavaPackage::getName)
                        .distinct())
                .isEmpty();
    }

    @Test
    void wireKnowsNothingAboveIt() {
        onlySees("dev.seine.schemas..", WIRE);
        onlySees("dev.seine.topics..", "dev.seine.topics..", WIRE[0], WIRE[1]);
    }

    @Test
    void policyKnowsNeitherEventsNorKafka() {
        onlySees("dev.seine.policy..", "dev.seine.policy..");
        noClasses()
                .that()
                .resideInAPackage("dev.seine.policy..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "org.apache.avro..")
                .check(seine);
    }

    @Test
    void rolesDoNotSeeEachOther() {
        onlySees(
                "dev.seine.producers..",
                "dev.seine.producers..",
                "dev.seine.topics..",
                "dev.seine.policy..",
                WIRE[0],
                WIRE[1]);
        onlySees("dev.seine.streams..", "dev.seine.streams..", "dev.seine.topics..", WIRE[0], WIRE[1]);
        onlySees("dev.seine.serving..", "dev.seine.serving..", "dev.seine.topics..", WIRE[0], WIRE[1]);
        onlySees(
                "dev.seine.learner..",
                "dev.seine.learner..",
                "dev.seine.topics..",
                "dev.seine.policy..",
                WIRE[0],
                WIRE[1]);
    }

    @Test
    void rewardsAreComputedWithoutTheNetwork() {
        noClasses()
                .that()
                .resideInAPackage("dev.seine.streams..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .check(seine);
    }

    @Test
    void onlyPolicyTouchesTheNativeBindings() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.seine.policy..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl.pytorch..")
                .check(seine);
    }

    @Test
    void kafkaClientsAreMadeInTopics() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.seine.topics..")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(KafkaProducer.class, KafkaConsumer.class)
                .orShould()
                .callMethodWhere(
                        target(name("create")).and(target(owner(belongToAnyOf(Admin.class, AdminClient.class)))))
                .check(seine);
    }

    @Test
    void rulesHaveNoClockAndNoChance() {
        noClasses()
                .that()
                .resideInAPackage("dev.seine.streams..")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .orShould()
                .callMethod(Clock.class, "systemDefaultZone")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Random.class, SplittableRandom.class, ThreadLocalRandom.class)
                .check(seine);
    }

    @Test
    void allRandomnessIsSeeded() {
        noClasses()
                .should()
                .callConstructor(Random.class)
                .orShould()
                .callConstructor(SplittableRandom.class)
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(ThreadLocalRandom.class, "current")
                .check(seine);
    }

    @Test
    void onlyTheCommandLineWritesToTheScreen() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.seine.app..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(seine);
    }

    @Test
    void topicNamesStandInTopicsOnly() throws IOException {
        List<String> names = Topics.ALL.stream().map(Topic::name).toList();
        Path root = Path.of("").toAbsolutePath().getParent();
        try (Stream<Path> files = Files.walk(root, 12)) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> root.relativize(file).toString().contains("src/main/java"))
                    .filter(file -> !root.relativize(file).startsWith("topics"))
                    .toList();
            assertThat(sources).isNotEmpty();
            for (Path source : sources) {
                assertThat(named(Files.readString(source), names))
                        .as("topic names written in %s", root.relativize(source))
                        .isEmpty();
            }
        }
    }

    /** Names of one word are words of other things too; they count only where Kafka is at hand. */
    private static List<String> named(String source, List<String> names) {
        boolean kafka = source.contains("import org.apache.kafka");
        return names.stream()
                .filter(name -> source.contains('"' + name + '"'))
                .filter(name -> kafka || name.contains("-"))
                .toList();
    }

    private static void onlySees(String module, String... seen) {
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(resideInAPackage("dev.seine..").and(resideOutsideOfPackages(seen)))
                .check(seine);
    }
}
