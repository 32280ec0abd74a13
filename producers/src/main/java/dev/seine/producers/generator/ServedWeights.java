package dev.seine.producers.generator;

import dev.seine.event.Question;
import dev.seine.event.WeightsPublished;
import java.util.List;

/** Which weights live answers begin with. For use by one thread. */
public interface ServedWeights extends AutoCloseable {
    /** Name of the policy. */
    String policy();

    /** The weights that answers may begin with now, those of most answers first; empty before there are any. Does not wait. */
    List<WeightsPublished> serving();

    /**
     * Which of these an answer begins with; the same for the same question as long as these do not change.
     *
     * @param serving what {@link #serving} returned last, not empty
     */
    WeightsPublished choose(Question question, List<WeightsPublished> serving);

    @Override
    void close();
}
