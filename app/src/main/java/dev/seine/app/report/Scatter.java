package dev.seine.app.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;

/** The picture of accuracy over searches: a point for each repetition, faint, and one for their mean. */
final class Scatter {
    private static final int FAINT = 110;
    private static final double SMALL = 5;
    private static final double LARGE = 12;

    private Scatter() {}

    /** Searches a question and accuracy, 0 to 1. */
    record Point(double searches, double accuracy) {}

    /** A PNG of the size that curves have; points by the name of what they belong to. */
    static byte[] png(Map<String, List<Point>> points, Chart.Theme theme) {
        XYChart chart = Chart.empty();
        XYStyler styler = chart.getStyler();
        Chart.style(styler, theme, true);
        styler.setXAxisDecimalPattern("0.00").setYAxisDecimalPattern("0.00");
        styler.setAxisTitleFont(styler.getAxisTickLabelsFont());
        chart.setXAxisTitle("searches a question");
        chart.setYAxisTitle("accuracy");
        int index = 0;
        for (Map.Entry<String, List<Point>> entry : points.entrySet()) {
            Color colour = theme.line(index++);
            Color faint = new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), FAINT);
            List<Point> all = entry.getValue();
            if (all.size() > 1) {
                add(chart, entry.getKey() + " by seed", all, faint, SMALL).setShowInLegend(false);
            }
            double searches =
                    all.stream().mapToDouble(Point::searches).average().orElse(0);
            double accuracy =
                    all.stream().mapToDouble(Point::accuracy).average().orElse(0);
            add(chart, entry.getKey(), List.of(new Point(searches, accuracy)), colour, LARGE);
        }
        return Chart.png(chart);
    }

    private static XYSeries add(XYChart chart, String name, List<Point> points, Color colour, double size) {
        XYSeries series = chart.addSeries(
                name,
                points.stream().map(Point::searches).toList(),
                points.stream().map(Point::accuracy).toList());
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
        series.setMarker(new Dot(size));
        series.setMarkerColor(colour);
        return series;
    }

    /** A disc of a size of its own: the library knows one size for all. */
    private static final class Dot extends Marker {
        private final double diameter;

        Dot(double diameter) {
            this.diameter = diameter;
        }

        @Override
        public void paint(Graphics2D graphics, double x, double y, int size) {
            graphics.fill(new Ellipse2D.Double(x - diameter / 2, y - diameter / 2, diameter, diameter));
        }
    }
}
