package dev.seine.policy;

/** Why a sequence stopped. */
public enum StopReason {
    /** It wrote one of its stop tokens and waits for {@link SequenceEngine#resume} or {@link SequenceEngine#cancel}. */
    STOP_TOKEN,
    /** It wrote its end token; its slot is free. */
    EOS,
    /** It reached its largest number of tokens; its slot is free. */
    LENGTH,
    /** The engine cannot write it; its slot is free. What stood before stays as it was. */
    REFUSED
}
