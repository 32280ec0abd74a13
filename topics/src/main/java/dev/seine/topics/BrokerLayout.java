package dev.seine.topics;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which broker of which cluster, and how it is spoken to.
 *
 * @param node its number, from 1
 * @param clusterId of the cluster
 * @param controllers ports of all nodes' controllers by number; empty for a cluster of one
 * @param protocol Kafka's security protocol of the clients' listener: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL
 * @param more settings over all others
 */
record BrokerLayout(
        int node, String clusterId, Map<Integer, Integer> controllers, String protocol, Map<String, String> more) {
    /** The only broker of its cluster. */
    static BrokerLayout single(String clusterId, String protocol, Map<String, String> more) {
        return new BrokerLayout(1, clusterId, Map.of(), protocol, more);
    }

    /** Whether it is one of several, whose ports the others know. */
    boolean several() {
        return controllers.size() > 1;
    }

    /** The controllers in Kafka's notation. */
    String voters(int ownPort) {
        return several()
                ? controllers.entrySet().stream()
                        .map(each -> each.getKey() + "@127.0.0.1:" + each.getValue())
                        .collect(Collectors.joining(","))
                : node + "@127.0.0.1:" + ownPort;
    }
}
