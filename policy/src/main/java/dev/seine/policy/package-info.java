/**
 * The network that generator and learner share: its text and parameters ({@link dev.seine.policy.Decoder}), the door to libtorch ({@link
 * dev.seine.policy.Torch}), tokens, weight files, and the engine that writes sequences ({@link dev.seine.policy.SequenceEngine}).
 */
@NullMarked
package dev.seine.policy;

import org.jspecify.annotations.NullMarked;
