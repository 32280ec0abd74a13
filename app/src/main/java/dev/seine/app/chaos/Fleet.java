package dev.seine.app.chaos;

import dev.seine.app.Main;
import dev.seine.app.train.RunFolder;
import dev.seine.topics.Clients;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The processes of a run: the broker, a publisher, generators, retrieval services, instances of the reward topology and a learner, each a JVM of
 * its own. Who ends without being done is started again, as any supervisor would.
 */
final class Fleet implements AutoCloseable {
    static final String BROKER = "broker";
    static final String LEARNER = "learner";
    static final String PUBLISHER = "publisher";

    /** The program's entry, which no class below it may know. */
    private static final String PROGRAM = "dev.seine.app.Main";

    private static final Pattern ADDRESS = Pattern.compile("--bootstrap (\\S+) --registry (\\S+)");
    private static final Duration BROKER_START = Duration.ofMinutes(2);
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final long RESTART_AFTER_MS = 1_000;
    private static final long STAGGER_MS = 1_500;

    private final RunFolder folder;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, Long> endedAt = new LinkedHashMap<>();
    private final List<String> endings = new ArrayList<>();
    private String bootstrap = "";
    private String registry = "";

    Fleet(RunFolder folder) {
        this.folder = folder;
    }

    /** While this file is there, the search does not answer. */
    Path searchAway() {
        return folder.root().resolve("search-is-away");
    }

    /** Starts the broker and, when it answers, everybody else. */
    void start(int generators, int retrievals, int rewards) throws InterruptedException {
        add(BROKER, List.of("broker"));
        member(BROKER).start();
        address();
        add(PUBLISHER, role("publish"));
        for (int i = 1; i <= generators; i++) {
            add("generator-" + i, role("generate", "--name", "generator-" + i));
        }
        for (int i = 1; i <= retrievals; i++) {
            String file = searchAway().toString();
            add("retrieval-" + i, role("retrieve", "--name", "retrieval-" + i, "--away-while", file));
        }
        for (int i = 1; i <= rewards; i++) {
            add("rewards-" + i, role("score", "--name", "rewards-" + i));
        }
        add(LEARNER, role("learn"));
        for (Member member : members.values()) {
            if (!member.alive()) {
                member.start();
                TimeUnit.MILLISECONDS.sleep(STAGGER_MS); // JVMs that all start at once keep one another from it
            }
        }
    }

    String bootstrap() {
        return bootstrap;
    }

    String registry() {
        return registry;
    }

    /** Whether the broker runs and answers now; at most about a second goes by. */
    boolean brokerAnswers(Clients clients) {
        Member broker = member(BROKER);
        if (!broker.alive() || broker.paused()) {
            return false;
        }
        try {
            clients.check(ANSWER);
            return true;
        } catch (RuntimeException e) {
            return false; // that it does not is what is asked here
        }
    }

    Member member(String name) {
        return Objects.requireNonNull(members.get(name), () -> "nobody is called " + name);
    }

    /** Names of those of a kind, such as {@code generator}. */
    List<String> named(String kind) {
        return members.keySet().stream().filter(name -> name.startsWith(kind)).toList();
    }

    /** Starts again who has ended, a second later; learner and publisher may end when they are done. */
    void tend() {
        long now = System.currentTimeMillis();
        for (Member member : members.values()) {
            if (member.alive()) {
                endedAt.remove(member.name());
                continue;
            }
            Long since = endedAt.putIfAbsent(member.name(), now);
            boolean done =
                    member.status() == Main.DONE && List.of(LEARNER, PUBLISHER).contains(member.name());
            if (!done && since != null && now - since >= RESTART_AFTER_MS) {
                endings.add(member.name() + " with status " + member.status());
                endedAt.remove(member.name());
                member.start();
            }
        }
    }

    /** Who had to be started again, and with which status it had ended; 137 is kill -9. */
    List<String> endings() {
        return List.copyOf(endings);
    }

    /** Ends all but the broker, in the order of the flow. */
    void quiesce() {
        members.values().stream()
                .filter(member -> !member.name().equals(BROKER))
                .forEach(Member::end);
    }

    @Override
    public void close() {
        quiesce();
        if (members.containsKey(BROKER)) {
            member(BROKER).end();
        }
    }

    /** A command of this program as a process like this one, but with a small heap. */
    static List<String> seine(RunFolder folder, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-Xmx") && !option.startsWith("-agentlib"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), PROGRAM));
        command.addAll(arguments);
        command.addAll(List.of("--run", folder.root().toString()));
        return command;
    }

    private void add(String name, List<String> arguments) {
        members.put(
                name, new Member(name, seine(folder, arguments), folder.logs().resolve(name + ".log")));
    }

    private List<String> role(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap", bootstrap, "--registry", registry));
        return all;
    }

    private void address() throws InterruptedException {
        long end = System.nanoTime() + BROKER_START.toNanos();
        Path log = member(BROKER).log();
        while (System.nanoTime() < end) {
            try {
                Matcher found = ADDRESS.matcher(Files.exists(log) ? Files.readString(log) : "");
                if (found.find()) {
                    bootstrap = found.group(1);
                    registry = found.group(2);
                    return;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + log, e);
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new IllegalStateException("the broker did not start within " + BROKER_START + "; see " + log);
    }
}
