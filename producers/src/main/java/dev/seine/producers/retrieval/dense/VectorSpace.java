package dev.seine.producers.retrieval.dense;

/**
 * What vectors can be compared with one another: those of one model.
 *
 * @param model name of the model that makes them
 * @param dimension numbers in each
 */
public record VectorSpace(String model, int dimension) {
    /** Stands for a model that is not known. */
    public static final String ANY = "any model";

    /** Checks the size. */
    public VectorSpace {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension of " + model + " must be at least 1, got " + dimension);
        }
    }

    /**
     * Makes sure that queries of another space are not compared with vectors of this one.
     *
     * @param where whose vectors these are, for the message
     * @throws IllegalArgumentException if they differ in size or model
     */
    public void require(VectorSpace queries, String where) {
        boolean same = model.equals(queries.model) || model.equals(ANY);
        if (dimension != queries.dimension || !same) {
            throw new IllegalArgumentException(where + " holds vectors of " + this + ", got the embedding model "
                    + queries + ": name the model that made them, or embed the corpus again");
        }
    }

    /**
     * Makes sure of a vector's size.
     *
     * @param what whose vector it is, for the message
     */
    float[] checked(float[] vector, String what) {
        if (vector.length != dimension) {
            throw new IllegalArgumentException("vector of " + what + " must have " + dimension + " numbers as those of "
                    + model + ", got " + vector.length);
        }
        return vector;
    }

    @Override
    public String toString() {
        return model + " (" + dimension + ")";
    }
}
