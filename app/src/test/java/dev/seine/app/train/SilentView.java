package dev.seine.app.train;

import dev.seine.app.view.Progress;
import dev.seine.app.view.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Keeps what was said and shows nothing. */
final class SilentView implements View {
    final List<String> said = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void show(Progress progress) {}

    @Override
    public void say(String line) {
        said.add(line);
    }

    @Override
    public void close() {}
}
