package dev.seine.app.doctor;

import dev.seine.topics.Clients;
import dev.seine.topics.Connection;
import java.time.Duration;
import java.util.Optional;

/** Checks of the broker and the registry, where the run is to use some that are there. */
final class Services {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String EMBEDDED = "none given: a run starts its own";

    private final Doctor.Request request;

    Services(Doctor.Request request) {
        this.request = request;
    }

    Finding broker() {
        Optional<String> bootstrap = request.bootstrap();
        if (bootstrap.isEmpty()) {
            return Finding.ok("Kafka", EMBEDDED);
        }
        try (Clients clients = clients(bootstrap.get())) {
            clients.check(PATIENCE);
            return Finding.ok("Kafka", bootstrap.get() + " answers");
        }
    }

    Finding registry() {
        Optional<String> registry = request.registry();
        if (registry.isEmpty()) {
            return request.bootstrap().isPresent()
                    ? Finding.warn(
                            "registry",
                            "none given for " + request.bootstrap().get(),
                            "name the cluster's registry with --registry, or a run starts its own beside it")
                    : Finding.ok("registry", EMBEDDED);
        }
        // The registry's client comes with the Kafka clients, but none of those is made for it.
        try (Clients clients = clients(request.bootstrap().orElse("localhost:9092"))) {
            int subjects = clients.registry().subjects().size();
            return Finding.ok("registry", registry.get() + " answers, " + subjects + " subjects");
        }
    }

    private Clients clients(String bootstrap) {
        return new Clients(new Connection(bootstrap, request.registry().orElse(""), request.properties()));
    }
}
