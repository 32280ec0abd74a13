package dev.seine.serving.api;

import dev.seine.event.AnswerEvent;
import dev.seine.serving.answers.Answer;
import dev.seine.serving.answers.Answers;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an answer as server-sent events on the request's own thread, as fast as its reader takes them. A reader that is gone, or that takes
 * nothing for as long as the server allows, ends it.
 */
final class EventStream {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    /** Silence after which a comment is sent, to learn whether the reader is still there. */
    private static final Duration SILENCE = Duration.ofSeconds(2);

    /** Turns an event of the log into the lines that are sent for it. */
    interface Format {
        List<String> take(AnswerEvent event);
    }

    private EventStream() {}

    /** One event; its data has no line ends. */
    static String event(String type, String data) {
        return "event: " + type + "\ndata: " + data + "\n\n";
    }

    /** One event without a type. */
    static String data(String data) {
        return "data: " + data + "\n\n";
    }

    /**
     * Sends an answer from its first event to its last.
     *
     * @param ours whether the answer is of no use once this reader has gone
     */
    static void send(Context ctx, Answers answers, Answer answer, Format format, boolean ours) {
        ctx.contentType("text/event-stream; charset=utf-8");
        ctx.header("X-Accel-Buffering", "no");
        answers.readerCame();
        try {
            OutputStream out = ctx.res().getOutputStream();
            ctx.res().flushBuffer();
            follow(out, answer, format);
        } catch (IOException e) {
            LOG.info("{}: its reader has gone: {}", answer.id(), e.toString());
            if (ours) {
                answers.withdraw(answer);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            answers.readerGone();
        }
    }

    private static void follow(OutputStream out, Answer answer, Format format)
            throws IOException, InterruptedException {
        int next = 0;
        while (true) {
            boolean over = answer.over(); // before the last look: what came until then is seen
            List<AnswerEvent> events = answer.await(next, SILENCE);
            for (AnswerEvent event : events) { // one by one: what is at hand for a reader is no more than one of them
                for (String lines : format.take(event)) {
                    write(out, lines);
                }
            }
            next += events.size();
            if (events.isEmpty() && over) {
                return;
            }
            if (events.isEmpty()) {
                write(out, ": waiting\n\n");
            }
            out.flush();
        }
    }

    private static void write(OutputStream out, String lines) throws IOException {
        out.write(lines.getBytes(StandardCharsets.UTF_8));
    }
}
