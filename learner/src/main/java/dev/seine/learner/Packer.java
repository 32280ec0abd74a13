package dev.seine.learner;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Lays sequences into micro-batches of neighbouring length, so that little is padding and none exceeds the token budget (but for a sequence
 * that alone is longer). The outcome depends on the sequences and their order only.
 */
final class Packer {
    private final int tokenBudget;
    private final int pad;

    /**
     * @param tokenBudget most tokens of a micro-batch, padding included
     * @param pad id that fills rows up; any id of the vocabulary does
     */
    Packer(int tokenBudget, int pad) {
        this.tokenBudget = tokenBudget;
        this.pad = pad;
    }

    /** Micro-batches of all sequences that have a trained token; {@code weights} holds the weight of each token of each sequence. */
    List<TokenBatch> pack(List<Sequence> sequences, double[] weights) {
        List<Integer> order = IntStream.range(0, sequences.size())
                .filter(i -> sequences.get(i).trainedTokens() > 0)
                .boxed()
                .sorted(Comparator.comparingInt((Integer i) -> sequences.get(i).usefulLength())
                        .thenComparingInt(i -> i))
                .toList();
        List<TokenBatch> batches = new ArrayList<>();
        int from = 0;
        while (from < order.size()) {
            int to = from + 1;
            while (to < order.size()
                    && (long) (to + 1 - from) * (sequences.get(order.get(to)).usefulLength() - 1) <= tokenBudget) {
                to++;
            }
            batches.add(lay(sequences, weights, order.subList(from, to)));
            from = to;
        }
        return batches;
    }

    private TokenBatch lay(List<Sequence> sequences, double[] weights, List<Integer> rows) {
        int width = rows.stream()
                        .mapToInt(i -> sequences.get(i).usefulLength())
                        .max()
                        .orElseThrow()
                - 1;
        int size = Math.toIntExact(
                rows.stream().mapToLong(i -> sequences.get(i).trainedTokens()).sum());
        TokenBatch batch = empty(rows.size(), width, size, bans(sequences, rows));
        int at = 0;
        for (int row = 0; row < rows.size(); row++) {
            Sequence s = sequences.get(rows.get(row));
            int last = s.usefulLength() - 1;
            int ban = ban(batch.bans(), s);
            for (int i = 0; i < last; i++) {
                batch.ids()[row * width + i] = s.tokens()[i];
            }
            for (int i = 1; i <= last; i++) {
                if (s.trained()[i]) {
                    batch.ban()[at] = ban;
                    batch.owner()[at] = rows.get(row);
                    place(batch, at++, s, i, row * width + i - 1, (float) weights[rows.get(row)]);
                }
            }
        }
        return batch;
    }

    private static void place(TokenBatch batch, int at, Sequence s, int token, int position, float weight) {
        batch.positions()[at] = position;
        batch.targets()[at] = s.tokens()[token];
        batch.temperature()[at] = s.temperature();
        if (s.isPolicy()) {
            batch.behaviour()[at] = s.behaviour()[token];
            batch.proximal()[at] = s.behaviour()[token];
            batch.advantage()[at] = (float) s.advantage();
            batch.policyWeight()[at] = weight;
        } else {
            batch.likelihoodWeight()[at] = weight;
        }
    }

    private static int ban(int[][] bans, Sequence s) {
        int index = 0;
        while (!Arrays.equals(bans[index], s.banned())) {
            index++;
        }
        return index;
    }

    private static int[][] bans(List<Sequence> sequences, List<Integer> rows) {
        Map<List<Integer>, int[]> distinct = new LinkedHashMap<>();
        distinct.put(List.of(), new int[0]);
        for (int row : rows) {
            int[] banned = sequences.get(row).banned();
            distinct.putIfAbsent(Arrays.stream(banned).boxed().toList(), banned);
        }
        return distinct.values().toArray(int[][]::new);
    }

    private TokenBatch empty(int rows, int width, int size, int[][] bans) {
        long[] ids = new long[rows * width];
        Arrays.fill(ids, pad);
        return new TokenBatch(
                rows,
                width,
                ids,
                new long[size],
                new long[size],
                new float[size],
                new float[size],
                new float[size],
                new float[size],
                new float[size],
                new float[size],
                new float[size],
                new long[size],
                new int[size],
                bans);
    }
}
