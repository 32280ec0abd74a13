package dev.seine.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.seine.app.config.ConfigLoader;
import dev.seine.app.config.Source;
import dev.seine.app.operations.Infra;
import dev.seine.app.operations.StrimziManifests;
import dev.seine.app.search.SearchConfig;
import dev.seine.app.train.RunConfig;
import dev.seine.topics.Rights;
import dev.seine.topics.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code infra/} says of topics, rights, commands and ports is what the program does. */
class InfraTest {
    private static final Path INFRA = Infra.FOLDER;
    private static final List<String> COMPOSE = List.of("compose.yaml", "compose.qdrant.yaml", "compose.rewrite.yaml");

    @Test
    void topicsAndUsersAreThoseOfTheListAndTheTable() throws IOException {
        assertThat(Files.readString(INFRA.resolve("kubernetes/topics-and-users.yaml")))
                .as("written anew by: ./seine manifests > infra/kubernetes/topics-and-users.yaml")
                .isEqualTo(StrimziManifests.of("seine", "seine", "seine-%s", 3));
        // and what is written is YAML that says so
        Map<String, Map<String, Object>> topics = Infra.resources("KafkaTopic");
        assertThat(topics).hasSameSizeAs(Topics.ALL);
        assertThat(Infra.at(topics.get("questions"), "spec", "partitions")).isEqualTo(4);
        assertThat(Infra.at(topics.get("questions"), "spec", "config", "retention.ms"))
                .isEqualTo("604800000");
        assertThat(Infra.at(topics.get("weights"), "spec", "config", "cleanup.policy"))
                .isEqualTo("compact");
        Map<String, Map<String, Object>> users = Infra.resources("KafkaUser");
        assertThat(users.keySet())
                .isEqualTo(Rights.BY_ROLE.keySet().stream()
                        .map("seine-%s"::formatted)
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertThat(Infra.texts(Infra.at(users.get("seine-retrieve"), "spec", "authorization", "acls")))
                .contains(
                        "{resource={type=topic, name=retrieval-requests, patternType=literal}, operations=[Read]}",
                        "{resource={type=group, name=retrieval, patternType=literal}, operations=[Read]}");
    }

    @Test
    void generatorsAreScaledByTheirOwnLagUpToTheirPartitions() throws IOException {
        Map<String, Object> scaled = Infra.resources("ScaledObject").get("generate");
        assertThat(Infra.at(scaled, "spec", "maxReplicaCount")).isEqualTo(Topics.QUESTIONS.partitions());
        Object trigger = Infra.at(scaled, "spec", "triggers", 0, "metadata");
        assertThat(Infra.at(trigger, "topic")).isEqualTo(Topics.QUESTIONS.name());
        assertThat(Infra.at(trigger, "consumerGroup"))
                .isEqualTo(Rights.BY_ROLE.get("generate").group().formatted("seine"));
    }

    @Test
    void everyRoleHasAWorkloadWithItsOwnLoginAndProbes() throws IOException {
        Map<String, Map<String, Object>> workloads = workloads();
        assertThat(workloads.keySet()).containsAll(Rights.BY_ROLE.keySet());
        workloads.forEach((name, workload) -> {
            Object pod = Infra.at(workload, "spec", "template", "spec");
            Object container = Infra.at(pod, "containers", 0);
            assertThat(Infra.texts(Infra.at(container, "args")).get(0)).isEqualTo(name);
            assertThat(Infra.all(pod, "secretName").map(Object::toString))
                    .contains("seine-" + name, "seine-cluster-ca-cert");
            assertThat(Infra.at(container, "livenessProbe", "httpGet", "path")).isEqualTo("/health/live");
            assertThat(Infra.at(container, "readinessProbe", "httpGet", "path")).isEqualTo("/health/ready");
            assertThat(Infra.at(container, "securityContext", "readOnlyRootFilesystem"))
                    .isEqualTo(true);
        });
        assertThat(Infra.all(workloads.get("learn"), "limits"))
                .anySatisfy(limits -> assertThat(Infra.map(limits)).containsEntry("nvidia.com/gpu", 1));
        assertThat(Infra.resources("PodDisruptionBudget").keySet()).isSubsetOf(workloads.keySet());
    }

    @Test
    void everyResourceOfTheFolderIsApplied() throws IOException {
        List<String> named = Infra.texts(Infra.at(
                Infra.yaml(INFRA.resolve("kubernetes/kustomization.yaml")).get(0), "resources"));
        try (var files = Files.list(INFRA.resolve("kubernetes"))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(file -> !file.equals("kustomization.yaml")))
                    .containsExactlyInAnyOrderElementsOf(named);
        }
    }

    @Test
    void whatContainersAreToldTheCommandLineUnderstands() throws IOException {
        for (Map<String, Object> workload : workloads().values()) {
            understood(Infra.texts(Infra.at(workload, "spec", "template", "spec", "containers", 0, "args")));
        }
        List<Object> all = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (String file : COMPOSE) {
            all.addAll(services(file).values());
            names.addAll(services(file).keySet());
        }
        for (String role : Rights.BY_ROLE.keySet()) {
            assertThat(names).anyMatch(service -> service.matches(role + "(-\\d+)?"));
        }
        for (Object service : all) {
            if ("seine".equals(Infra.at(service, "image")) && Infra.at(service, "entrypoint") == null) {
                understood(Infra.texts(Infra.at(service, "command")));
            }
        }
    }

    @Test
    void withTheSecondFileSearchesGoToTheVectorsThatAreImported() throws IOException {
        Map<String, Object> services = services("compose.qdrant.yaml");
        for (String user : List.of("retrieve", "import")) {
            SearchConfig config = configured(services.get(user)).retrieve();
            assertThat(config.dense().store()).hasToString("QDRANT");
            assertThat(services).containsKey(config.qdrant().host());
        }
    }

    @Test
    void withTheThirdFileALanguageModelRewritesAndTheRewardsDoNot() throws IOException {
        Map<String, Object> services = services("compose.rewrite.yaml");
        for (String user : List.of("score", "rewrite")) {
            assertThat(configured(services.get(user)).rewrite().llm()).isTrue();
        }
    }

    /** As its command says, with something in the place of what the environment gives. */
    private static RunConfig configured(Object service) {
        List<String> arguments = Infra.texts(Infra.at(service, "command")).stream()
                .map(argument -> argument.replaceAll("\\$\\{\\w+:.*}", "http://given"))
                .toList();
        understood(arguments);
        List<Source> sources = new ArrayList<>(List.of(Source.defaults()));
        arguments.stream()
                .filter(argument -> argument.startsWith("--set="))
                .forEach(argument -> sources.add(Source.setting(argument.substring("--set=".length()))));
        return ConfigLoader.load(RunConfig.class, sources);
    }

    @Test
    void liveAnswersAreReachedWhereTheyAreServed() throws IOException {
        int port = ConfigLoader.load(RunConfig.class, List.of(Source.defaults()))
                .serve()
                .http()
                .port();
        assertThat(Infra.texts(Infra.at(services().get("serve"), "ports")))
                .containsExactly("127.0.0.1:" + port + ":" + port);
        Object container = Infra.at(workloads().get("serve"), "spec", "template", "spec", "containers", 0);
        assertThat(Infra.all(container, "containerPort")).contains(port);
        for (Object told : List.of(Infra.at(services().get("serve"), "command"), Infra.at(container, "args"))) {
            assertThat(Infra.texts(told)).contains("--host=0.0.0.0");
        }
        assertThat(Infra.at(Infra.resources("Service").get("serve"), "spec", "ports", 0, "port"))
                .isEqualTo(port);
        assertThat(Infra.all(Infra.resources("NetworkPolicy").get("serve"), "port"))
                .containsExactly(port);
        understood(List.of("keys", "add", "me", "--run=/run/seine/atlas")); // as the files say
    }

    @Test
    void metersAreScrapedWhereTheyAreServed() throws IOException {
        String port =
                Files.readString(INFRA.resolve("Dockerfile")).replaceAll("(?s).*SEINE_METRICS_PORT=(\\d+).*", "$1");
        List<Map<String, Object>> prometheus = Infra.yaml(INFRA.resolve("prometheus/prometheus.yml"));
        Stream<String> always = Infra.all(prometheus, "targets").flatMap(targets -> Infra.texts(targets).stream());
        Stream<String> ifThere = Infra.all(prometheus, "dns_sd_configs")
                .flatMap(found -> ((List<?>) found).stream())
                .map(found -> Infra.texts(Infra.at(found, "names")).get(0) + ":" + Infra.at(found, "port"));
        Set<String> scraped = Stream.concat(always, ifThere).collect(Collectors.toCollection(TreeSet::new));
        Set<String> served = new TreeSet<>();
        for (String file : COMPOSE) {
            services(file).forEach((name, service) -> {
                if ("seine".equals(Infra.at(service, "image")) && !name.matches("prepare|import")) {
                    served.add(name + ":" + port);
                }
            });
        }
        assertThat(scraped).isEqualTo(served);
        for (Map<String, Object> workload : workloads().values()) {
            assertThat(Infra.at(workload, "spec", "template", "metadata", "annotations", "prometheus.io/port"))
                    .isEqualTo(port);
        }
    }

    private static Map<String, Map<String, Object>> workloads() throws IOException {
        Map<String, Map<String, Object>> workloads = Infra.resources("Deployment");
        workloads.putAll(Infra.resources("StatefulSet"));
        return workloads;
    }

    private static Map<String, Object> services() throws IOException {
        return services("compose.yaml");
    }

    private static Map<String, Object> services(String file) throws IOException {
        return Infra.map(Infra.at(Infra.yaml(INFRA.resolve(file)).get(0), "services"));
    }

    /** Fails, with the option or the value at fault, if the program would. */
    private static void understood(List<String> arguments) {
        Main.commandLine().parseArgs(arguments.toArray(String[]::new));
    }
}
