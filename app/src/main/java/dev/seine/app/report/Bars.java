package dev.seine.app.report;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategorySeries;

/** Pictures of checkpoints side by side: for each question set a bar a checkpoint, with its confidence interval. */
final class Bars {
    private Bars() {}

    /** Accuracy and searches; none where this machine cannot draw. */
    static List<Pictures.Picture> pictures(EvaluationData data) {
        return Pictures.drawn(() -> List.of(
                picture(data, "accuracy", "Accuracy", Score::accuracy),
                picture(data, "searches", "Searches per question", Score::searches)));
    }

    private static Pictures.Picture picture(
            EvaluationData data, String name, String title, Function<Score, Interval> figure) {
        return new Pictures.Picture(
                name, title, draw(data, figure, Chart.Theme.LIGHT), draw(data, figure, Chart.Theme.DARK));
    }

    private static String draw(EvaluationData data, Function<Score, Interval> figure, Chart.Theme theme) {
        CategoryChart chart = Chart.bars();
        Chart.style(chart.getStyler(), theme, data.checkpoints().size() > 1);
        chart.getStyler().setErrorBarsColor(theme.text());
        chart.getStyler().setAvailableSpaceFill(0.7).setYAxisMin(0.0);
        int index = 0;
        for (String checkpoint : data.checkpoints()) {
            List<Double> means = new ArrayList<>();
            List<Double> halves = new ArrayList<>();
            for (String dataset : data.datasets()) {
                Interval interval = data.scores().stream()
                        .filter(score -> score.checkpoint().equals(checkpoint)
                                && score.dataset().equals(dataset)
                                && score.hops() == 0)
                        .findFirst()
                        .map(figure)
                        .orElse(new Interval(0, 0, 0));
                means.add(interval.mean());
                halves.add(interval.half());
            }
            CategorySeries series = chart.addSeries(checkpoint, data.datasets(), means, halves);
            series.setFillColor(theme.line(index++));
        }
        return Base64.getEncoder().encodeToString(Chart.png(chart));
    }
}
