package dev.seine.app.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The picture of one metric: for each recipe its values, faint, and their moving mean. Needs no display. */
final class Chart {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 300;
    private static final int SCALE = 2;
    private static final int SMOOTH_FROM = 12;
    /** With more lines than these the faint ones would hide the bold. */
    private static final int MOST_FAINT = 3;

    private static final float LINE = 2.4f;
    private static final int FAINT = 70;

    private Chart() {}

    /** Colours of a picture; lines in the order of recipes. */
    record Theme(Color background, Color text, Color grid, List<Color> lines) {
        static final Theme LIGHT = of(
                0xffffff, 0x57606a, 0xe6e9ed, 0x0b6bcb, 0xc2410c, 0x7c3aed, 0x15803d, 0xbe185d, 0x0e7490, 0x854d0e,
                0x475569);
        static final Theme DARK = of(
                0x161b22, 0x9aa7b4, 0x2a323c, 0x58a6ff, 0xf0883e, 0xbc8cff, 0x56d364, 0xf778ba, 0x39c5cf, 0xd4a72c,
                0x94a3b8);

        private static Theme of(int background, int text, int grid, int... lines) {
            return new Theme(
                    new Color(background),
                    new Color(text),
                    new Color(grid),
                    Arrays.stream(lines).mapToObj(Color::new).toList());
        }

        Color line(int index) {
            return lines.get(index % lines.size());
        }
    }

    /** A PNG of 1280 by 600 pixels; {@code byRecipe} in the order of the recipes. */
    static byte[] png(Map<String, Curve> byRecipe, Theme theme) {
        XYChart chart = empty();
        style(chart.getStyler(), theme, byRecipe.size() > 1);
        int index = 0;
        for (Map.Entry<String, Curve> entry : byRecipe.entrySet()) {
            draw(chart, entry.getKey(), finite(entry.getValue()), theme.line(index++), byRecipe.size() <= MOST_FAINT);
        }
        return png(chart);
    }

    /** A chart of the size that all have. */
    static XYChart empty() {
        return new XYChartBuilder().width(WIDTH).height(HEIGHT).build();
    }

    /** A chart of bars of that size. */
    static CategoryChart bars() {
        return new CategoryChartBuilder().width(WIDTH).height(HEIGHT).build();
    }

    /** A chart of this class's size as a picture. */
    static byte[] png(org.knowm.xchart.internal.chartpart.Chart<?, ?> chart) {
        BufferedImage image = new BufferedImage(WIDTH * SCALE, HEIGHT * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.scale(SCALE, SCALE);
        chart.paint(graphics, WIDTH, HEIGHT);
        graphics.dispose();
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ImageIO.write(image, "png", out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("picture", e);
        }
    }

    private static void draw(XYChart chart, String recipe, Curve curve, Color colour, boolean faint) {
        if (curve.steps().isEmpty()) {
            return;
        }
        // A point that shows nothing. Were all steps evenly spaced, XChart would count its labels from the first: 1,
        // 11, 21.
        XYSeries uneven = chart.addSeries(
                recipe + " uneven",
                List.of(curve.steps().get(0) - 0.5),
                List.of(curve.values().get(0)));
        uneven.setMarker(SeriesMarkers.NONE);
        uneven.setShowInLegend(false);
        boolean smooth = curve.steps().size() >= SMOOTH_FROM;
        if (smooth && faint) {
            XYSeries raw = chart.addSeries(recipe + " by step", curve.steps(), curve.values());
            raw.setLineColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), FAINT));
            raw.setLineStyle(new BasicStroke(1f));
            raw.setMarker(SeriesMarkers.NONE);
            raw.setShowInLegend(false);
        }
        XYSeries line = chart.addSeries(recipe, curve.steps(), smooth ? movingMean(curve.values()) : curve.values());
        line.setLineColor(colour);
        line.setLineStyle(new BasicStroke(LINE, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        line.setMarker(curve.steps().size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        line.setMarkerColor(colour);
    }

    /** The look of all charts. */
    static void style(AxesChartStyler styler, Theme theme, boolean legend) {
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        styler.setChartBackgroundColor(theme.background)
                .setChartFontColor(theme.text)
                .setLegendBackgroundColor(theme.background)
                .setLegendBorderColor(theme.background)
                .setLegendFont(font)
                .setLegendVisible(legend)
                .setLegendPosition(Styler.LegendPosition.OutsideS)
                .setLegendLayout(Styler.LegendLayout.Horizontal)
                .setAntiAlias(true);
        styler.setPlotBackgroundColor(theme.background)
                .setPlotBorderVisible(false)
                .setChartPadding(10);
        styler.setAxisTickLabelsFont(font)
                .setAxisTickLabelsColor(theme.text)
                .setAxisTicksMarksVisible(false)
                .setAxisTicksLineVisible(false)
                .setPlotGridLinesColor(theme.grid)
                .setPlotGridLinesStroke(new BasicStroke(1f))
                .setPlotGridVerticalLinesVisible(false)
                .setYAxisDecimalPattern("#,##0.###")
                .setXAxisDecimalPattern("#,##0");
        styler.setXAxisTickMarkSpacingHint(80).setYAxisTickMarkSpacingHint(44);
    }

    /** Without steps whose value is not a number: a picture cannot place them. */
    private static Curve finite(Curve curve) {
        List<Integer> steps = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < curve.steps().size(); i++) {
            if (Double.isFinite(curve.values().get(i))) {
                steps.add(curve.steps().get(i));
                values.add(curve.values().get(i));
            }
        }
        return new Curve(curve.name(), steps, values);
    }

    /** Mean over a window of about a tenth of the curve around each step. */
    private static List<Double> movingMean(List<Double> values) {
        int reach = Math.max(2, values.size() / 20);
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            int from = Math.max(0, i - reach);
            int to = Math.min(values.size(), i + reach + 1);
            means.add(values.subList(from, to).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow());
        }
        return means;
    }
}
