package dev.seine.producers.generator;

/**
 * What a generator is doing.
 *
 * @param version weights in use; -1 before the first
 * @param queued rollouts without a slot
 * @param active rollouts with a slot
 * @param waiting of these, paused for passages
 * @param questions questions read so far
 * @param rejected of these, refused
 * @param searches requests written so far
 * @param continued rollouts taken over from another generator in the middle
 * @param trajectories trajectories written so far
 * @param tokens tokens sampled so far
 */
public record GeneratorCounts(
        long version,
        int queued,
        int active,
        int waiting,
        long questions,
        long rejected,
        long searches,
        long continued,
        long trajectories,
        long tokens) {
    static final GeneratorCounts NONE = new GeneratorCounts(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
