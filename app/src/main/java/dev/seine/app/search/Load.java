package dev.seine.app.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A number of requests by a number of clients, each of which asks again as soon as it is answered.
 *
 * @param clients at once
 * @param requests of all of them together
 */
record Load(int clients, int requests) {
    /** Asks and waits for the answer; an exception is an error. */
    interface Search {
        void ask(int number) throws Exception;
    }

    /**
     * What came of it.
     *
     * @param seconds from the first request to the last answer
     * @param latencies of the requests that were answered
     * @param errors requests that failed
     */
    record Outcome(double seconds, Latencies latencies, int errors) {}

    Outcome run(Search search) throws InterruptedException {
        Latencies latencies = new Latencies();
        AtomicInteger next = new AtomicInteger();
        AtomicInteger errors = new AtomicInteger();
        Callable<Void> client = () -> {
            for (int number = next.getAndIncrement(); number < requests; number = next.getAndIncrement()) {
                long began = System.nanoTime();
                try {
                    search.ask(number);
                    latencies.add(System.nanoTime() - began);
                } catch (Exception e) {
                    errors.incrementAndGet();
                }
            }
            return null;
        };
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        long began = System.nanoTime();
        try {
            List<Future<Void>> done = new ArrayList<>(threads.invokeAll(Collections.nCopies(clients, client)));
            for (Future<Void> one : done) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a client failed: " + e.getCause(), e.getCause());
        } finally {
            threads.shutdown();
        }
        return new Outcome((System.nanoTime() - began) / 1e9, latencies, errors.get());
    }
}
