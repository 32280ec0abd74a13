package dev.seine.learner;

import dev.seine.policy.Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One step's change of the weights: L = L_policy + kl * k2 + mu * L_memory + weight * L_rehearsal, each of the likelihood parts the mean over
 * its own tokens. With several minibatches each is an optimizer step on its share of everything. No entropy bonus: entropy is measured only.
 */
final class Update {
    private final LearnerConfig config;
    private final Trainer trainer;
    private final Optional<Decoder> reference;
    private final Packer packer;
    private final Optional<Confidence> confidence;

    /**
     * @param tags of recalls and searches; empty where the markup has none
     * @param reference the policy at the start of reinforcement learning; present if the divergence has a weight
     * @param pad id that fills rows up
     */
    Update(
            LearnerConfig config,
            Trainer trainer,
            Optional<Decoder> reference,
            int pad,
            Optional<Confidence.Tags> tags) {
        this.config = config;
        this.trainer = trainer;
        this.reference = reference;
        this.packer = new Packer(config.microBatchTokens(), pad);
        this.confidence = tags.filter(t -> config.memory().choiceAbove() > 0)
                .map(t -> new Confidence(trainer, packer, t, config.memory(), config.seed()));
    }

    /**
     * What came of it.
     *
     * @param policy sums over the rollouts' tokens
     * @param memory sums over the memory samples' tokens
     * @param rehearsal sums over the demonstrations' tokens
     * @param gradNorm global norm of the last minibatch's gradient before clipping; 0 if there was nothing to train
     * @param refused minibatches whose gradient was not finite and changed nothing
     * @param lr learning rate
     * @param tokens tokens of all sequences
     * @param padding share of what went through the network that was padding
     * @param uncertain ids of the memory samples with a fact that was not known before this step
     */
    record Outcome(
            LossSums policy,
            LossSums memory,
            LossSums rehearsal,
            double gradNorm,
            int refused,
            double lr,
            long tokens,
            double padding,
            Set<String> uncertain) {}

    /** Micro-batches of one minibatch, by part. */
    private record Minibatch(List<TokenBatch> policy, List<TokenBatch> memory, List<TokenBatch> rehearsal) {
        long cost() {
            return IntStream.range(0, 3)
                    .mapToObj(List.of(policy, memory, rehearsal)::get)
                    .flatMap(List::stream)
                    .mapToLong(TokenBatch::cost)
                    .sum();
        }

        boolean empty() {
            return policy.isEmpty() && memory.isEmpty() && rehearsal.isEmpty();
        }
    }

    /** Trains step {@code index} (from 0). */
    Outcome apply(List<Sequence> rollouts, List<Sequence> memory, List<Sequence> rehearsal, long index) {
        Confidence.Admitted admitted =
                confidence.map(c -> c.admit(memory, index)).orElse(new Confidence.Admitted(memory, Set.of()));
        List<Minibatch> minibatches = new ArrayList<>();
        for (int share = 0; share < config.minibatches(); share++) {
            minibatches.add(new Minibatch(
                    policy(share(rollouts, share)),
                    likelihood(
                            share(admitted.sequences(), share), config.memory().mu()),
                    likelihood(share(rehearsal, share), config.rehearsal().weight())));
        }
        LossSums[] sums = {LossSums.ZERO, LossSums.ZERO, LossSums.ZERO};
        double lr = config.lr(index);
        double norm = 0;
        int refused = 0;
        for (Minibatch minibatch : minibatches) {
            if (!minibatch.empty()) {
                sums[0] = accumulate(minibatch.policy(), config.loss(), sums[0]);
                sums[1] = accumulate(minibatch.memory(), LossConfig.LIKELIHOOD, sums[1]);
                sums[2] = accumulate(minibatch.rehearsal(), LossConfig.LIKELIHOOD, sums[2]);
                norm = trainer.update(config.optimizer(), lr);
                refused += Double.isFinite(norm) ? 0 : 1;
            }
        }
        long tokens = tokens(rollouts) + tokens(memory) + tokens(rehearsal);
        long cost = minibatches.stream().mapToLong(Minibatch::cost).sum();
        double padding = cost == 0 ? 0 : Math.max(0, 1 - tokens / (double) cost);
        return new Outcome(sums[0], sums[1], sums[2], norm, refused, lr, tokens, padding, admitted.uncertain());
    }

    private List<TokenBatch> policy(List<Sequence> rollouts) {
        LossConfig loss = config.loss();
        List<TokenBatch> batches = new ArrayList<>();
        for (TokenBatch batch :
                packer.pack(rollouts, Normalisation.of(loss.normalisation()).weights(rollouts))) {
            TokenBatch known = batch;
            if (reference.isPresent()) {
                known = known.withReference(trainer.logprobs(known, loss, reference.get()));
            }
            if (loss.decoupled()) {
                known = known.withProximal(trainer.logprobs(known, loss, trainer.decoder()));
            }
            batches.add(known);
        }
        return batches;
    }

    private List<TokenBatch> likelihood(List<Sequence> sequences, double weight) {
        double[] weights = Normalisation.TOKEN.weights(sequences);
        return packer.pack(
                sequences, Arrays.stream(weights).map(w -> w * weight).toArray());
    }

    private LossSums accumulate(List<TokenBatch> batches, LossConfig loss, LossSums start) {
        LossSums sums = start;
        for (TokenBatch batch : batches) {
            sums = sums.plus(trainer.accumulate(batch, loss));
        }
        return sums;
    }

    private List<Sequence> share(List<Sequence> all, int share) {
        return IntStream.range(0, all.size())
                .filter(i -> i % config.minibatches() == share)
                .mapToObj(all::get)
                .toList();
    }

    private static long tokens(List<Sequence> sequences) {
        return sequences.stream()
                .mapToLong(s -> Math.max(0, s.usefulLength() - 1))
                .sum();
    }
}
