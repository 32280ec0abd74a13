package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.event.Rejection;
import dev.seine.topics.Clients;
import dev.seine.topics.Event;
import dev.seine.topics.EventConsumer;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Topic;
import dev.seine.topics.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code seine rejections}: look at what was refused, and try it again. */
@Command(
        name = "rejections",
        description = "List, show and retry refused records.",
        mixinStandardHelpOptions = true,
        subcommands = {RejectionsCommand.Listing.class, RejectionsCommand.Show.class, RejectionsCommand.Retry.class})
public final class RejectionsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "rejections of what? list, show or retry");
    }

    /** What the three share: the cluster, and the rejections in the order in which they were written. */
    abstract static class Over implements Callable<Integer> {
        @Mixin
        private RunOptions options;

        @Option(names = "--topic", description = "Only records of this topic.", defaultValue = "")
        private String topic;

        @Option(names = "--role", description = "Only records that this role refused.", defaultValue = "")
        private String role;

        abstract int over(Clients clients, List<Rejection> rejections);

        @Override
        public Integer call() {
            RunFolder folder = options.folder();
            Map<String, String> kafka =
                    folder.begun() ? options.begun(List.of()).kafka() : Map.of();
            if (options.bootstrap.isEmpty() && !java.nio.file.Files.isDirectory(folder.broker())) {
                throw new IllegalArgumentException("no broker data in " + folder.broker()
                        + ": name a cluster with --bootstrap or a run with --run");
            }
            try (Cluster cluster = Cluster.open(folder, options.bootstrap, options.registry, kafka);
                    EventConsumer<Rejection> reader = cluster.clients().assign(Topics.REJECTIONS, "rejections")) {
                Predicate<Rejection> wanted =
                        rejection -> (topic.isEmpty() || rejection.getTopic().equals(topic))
                                && (role.isEmpty() || rejection.getRole().equals(role));
                return over(
                        cluster.clients(),
                        reader.readToEnd().stream()
                                .map(Event::value)
                                .filter(wanted)
                                .toList());
            }
        }

        static String id(Rejection rejection) {
            return rejection.getTopic() + "-" + rejection.getPartition() + "-" + rejection.getOffset();
        }

        /** Those of this id. Fails if there is none. */
        static List<Rejection> named(List<Rejection> rejections, String id) {
            List<Rejection> found =
                    rejections.stream().filter(r -> id(r).equals(id)).toList();
            if (found.isEmpty()) {
                throw new IllegalArgumentException("no rejection " + id + "; see seine rejections list");
            }
            return found;
        }
    }

    /** {@code seine rejections list}. */
    @Command(name = "list", description = "One line a rejection.", mixinStandardHelpOptions = true)
    public static final class Listing extends Over {
        @Option(names = "--last", description = "At most so many, the newest.", defaultValue = "100")
        private int last;

        @Override
        int over(Clients clients, List<Rejection> rejections) {
            System.out.println(rejections.size() + " rejections");
            rejections
                    .subList(Math.max(0, rejections.size() - last), rejections.size())
                    .forEach(r -> System.out.printf(
                            "%-32s %s %-14s %6d bytes  %s%n",
                            id(r), Instant.ofEpochMilli(r.getAtMs()), r.getRole(), size(r.getValue()), r.getCause()));
            return Main.DONE;
        }

        private static int size(@Nullable ByteBuffer bytes) {
            return bytes == null ? 0 : bytes.remaining();
        }
    }

    /** {@code seine rejections show}. */
    @Command(name = "show", description = "All of one rejection, bytes included.", mixinStandardHelpOptions = true)
    public static final class Show extends Over {
        @Parameters(paramLabel = "ID", description = "topic-partition-offset, as listed.")
        private String id;

        @Override
        int over(Clients clients, List<Rejection> rejections) {
            for (Rejection r : named(rejections, id)) {
                System.out.printf(
                        "%s refused by %s at %s%ncause %s%n",
                        id(r), r.getRole(), Instant.ofEpochMilli(r.getAtMs()), r.getCause());
                byte[] key = bytes(r.getKey());
                byte[] value = bytes(r.getValue());
                System.out.println("key   " + (key == null ? "none" : new String(key, StandardCharsets.UTF_8)));
                System.out.println("value " + (value == null ? "none" : ""));
                if (value != null) {
                    dump(value);
                }
            }
            return Main.DONE;
        }

        /** Sixteen bytes a line, in hexadecimal and as text where they are printable. */
        private static void dump(byte[] bytes) {
            HexFormat hex = HexFormat.ofDelimiter(" ");
            for (int from = 0; from < bytes.length; from += 16) {
                int to = Math.min(bytes.length, from + 16);
                StringBuilder text = new StringBuilder();
                for (int i = from; i < to; i++) {
                    text.append(bytes[i] >= 32 && bytes[i] < 127 ? (char) bytes[i] : '.');
                }
                System.out.printf("  %06x  %-47s  %s%n", from, hex.formatHex(bytes, from, to), text);
            }
        }
    }

    /** {@code seine rejections retry}. */
    @Command(
            name = "retry",
            description =
                    "Write refused records to their topics again, byte for byte; who refused them will read them.",
            mixinStandardHelpOptions = true)
    public static final class Retry extends Over {
        @Parameters(paramLabel = "ID", arity = "0..*", description = "topic-partition-offset, as listed.")
        private List<String> ids = List.of();

        @Option(names = "--all", description = "All of the topic and role named.")
        private boolean all;

        @Override
        int over(Clients clients, List<Rejection> rejections) {
            if (all == !ids.isEmpty()) {
                throw new IllegalArgumentException("name the ids, or --all");
            }
            Map<String, Rejection> wanted = new LinkedHashMap<>();
            (all
                            ? rejections
                            : ids.stream()
                                    .flatMap(id -> named(rejections, id).stream())
                                    .toList())
                    .forEach(r -> wanted.put(id(r), r)); // once, however many roles refused it
            try (EventProducer producer = clients.producer("rejections")) {
                wanted.values()
                        .forEach(r ->
                                producer.sendBytes(topic(r), r.getPartition(), bytes(r.getKey()), bytes(r.getValue())));
                producer.flush();
            }
            wanted.keySet().forEach(id -> System.out.println("written again: " + id));
            return Main.DONE;
        }

        private static Topic<?> topic(Rejection rejection) {
            return Topics.of(rejection.getTopic())
                    .orElseThrow(() -> new IllegalArgumentException(
                            id(rejection) + ": this program has no topic " + rejection.getTopic()));
        }
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
