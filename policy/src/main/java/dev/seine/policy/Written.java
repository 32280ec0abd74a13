package dev.seine.policy;

/**
 * What a sequence wrote since it was started or resumed.
 *
 * @param id as given to {@link SequenceEngine#start}
 * @param tokens sampled tokens, the stop or end token included; none if inserted tokens left no room
 * @param logprobs natural logarithm of each token's probability under the distribution it was drawn from
 * @param minVersion lowest version of the weights that sampled one of {@code tokens}
 * @param maxVersion highest version of the weights that sampled one of {@code tokens}
 * @param reason why it stopped
 */
@SuppressWarnings("ArrayRecordComponent") // ids and log-probabilities travel as arrays
public record Written(String id, int[] tokens, float[] logprobs, long minVersion, long maxVersion, StopReason reason) {}
