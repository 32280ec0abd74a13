package dev.seine.app.train;

import dev.seine.app.Main;
import dev.seine.app.config.ConfigException;
import dev.seine.event.Feedback;
import dev.seine.topics.Clients;
import dev.seine.topics.EventProducer;
import dev.seine.topics.Table;
import dev.seine.topics.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code seine forget}: deletes feedback. */
@Command(
        name = "forget",
        description = {
            "Delete feedback, of one answer or all that one user gave, and the questions made of it.",
            "What was trained on already stays in the weights; docs/feedback.md says what goes when."
        },
        mixinStandardHelpOptions = true)
public final class ForgetCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Option(names = "--answer", paramLabel = "ID", description = "Feedback on this answer.")
    private @Nullable String answer;

    @Option(names = "--by", paramLabel = "KEY", description = "All feedback that came with this key (its id).")
    private @Nullable String by;

    @Override
    public Integer call() {
        if ((answer == null) == (by == null)) {
            throw new ConfigException("one of --answer and --by is needed");
        }
        try (Cluster cluster = options.attach()) {
            List<String> ids = answer != null ? List.of(answer) : givenBy(cluster.clients());
            try (EventProducer producer = cluster.clients().producer("forget")) {
                // Both: whether or not the role that joins feedback runs, nothing that is left can be published.
                for (String id : ids) {
                    producer.delete(Topics.FEEDBACK, id);
                    producer.delete(Topics.FEEDBACK_QUESTIONS, id);
                }
                producer.flush();
            }
            System.out.println("deleted: feedback on " + ids.size() + (ids.size() == 1 ? " answer" : " answers"));
        }
        return Main.DONE;
    }

    private List<String> givenBy(Clients clients) {
        try (Table<Feedback> all = clients.table(Topics.FEEDBACK, "forget")) {
            all.readToEnd();
            return all.latest().entrySet().stream()
                    .filter(said -> said.getValue().getBy().equals(by))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }
}
