package dev.seine.app.report;

import java.util.List;

/** Tables of an ablation on the price of searching less. */
final class AblationTables {
    private static final List<String> THIRDS = List.of("first third", "second third", "last third");

    private AblationTables() {}

    /** Groups of training, by arm and third of the training. */
    static Table training(AblationData data, List<String> arms) {
        Table table = new Table(
                "Groups of training",
                "Arm",
                "Groups",
                "Mixed",
                "Wrong unsearched, right with search",
                "Wrong with fewer than any right",
                "Right with fewest searches",
                "Right with more");
        for (String arm : arms) {
            for (int third = 0; third < THIRDS.size(); third++) {
                GroupStudy sum = GroupStudy.NONE;
                for (ArmRun run : data.of(arm)) {
                    sum = third < run.thirds().size() ? sum.plus(run.thirds().get(third)) : sum;
                }
                table.row(
                        arm + ", " + THIRDS.get(third),
                        Figures.count(sum.groups()),
                        share(sum.mixed(), sum.groups()),
                        share(sum.wrongUnsearched(), sum.groups()),
                        share(sum.wrongWithFewer(), sum.groups()),
                        share(sum.fewestRight(), sum.fewest()),
                        share(sum.moreRight(), sum.more()));
            }
        }
        return table;
    }

    /** Questions of the evaluation, arm against reference. */
    static Table trades(AblationData data, String reference) {
        Table table = new Table(
                "Questions of the evaluation, against " + reference,
                "Arm",
                "Questions",
                "Fewer searches: lost",
                "won",
                "both right",
                "More searches: won",
                "both right");
        data.trades()
                .forEach((arm, trade) -> table.row(
                        arm,
                        Figures.count(trade.questions()),
                        both(trade.lost(), trade.questions()),
                        both(trade.won(), trade.questions()),
                        both(trade.saved(), trade.questions()),
                        both(trade.rescued(), trade.questions()),
                        both(trade.wasted(), trade.questions())));
        return table;
    }

    private static String both(long count, long of) {
        return Figures.count(count) + " (" + share(count, of) + ")";
    }

    private static String share(long part, long of) {
        return of == 0 ? "–" : Figures.percent((double) part / of);
    }
}
