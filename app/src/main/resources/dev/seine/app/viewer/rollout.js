"use strict";
const KINDS = {text: "text", internal: "recall", query: "search", documents: "documents", answer: "answer"};

function verdict(row) {
  return row.violations > 0 ? el("span", {class: "bad"}, "malformed")
    : el("span", {class: row.correct ? "good" : "bad"}, row.correct ? "right" : "wrong");
}

function rolloutBody(found) {
  const row = found.row;
  return [
    el("p", {}, verdict(row), " · ", row.step < 0 ? "in no step" : [link("/step/" + row.step, "step " + row.step), " · " + row.fate],
      " · weights v" + found.versions[0] + (found.versions[1] > found.versions[0] ? "..v" + found.versions[1] : ""),
      " · " + row.searches + " searches · " + row.tokens + " tokens · ended by " + found.finish,
      found.error ? ": " + found.error : ""),
    el("p", {class: "quiet"}, found.place + " · " + new Date(row.atMs).toISOString()),
    el("p", {}, el("b", {}, "Question "), found.question, el("br"), el("b", {}, "Accepted "), found.accepted.join(" | ")),
    el("h2", {}, "Text"),
    found.spans.map(s => el("div", {class: "span " + s.kind}, el("b", {}, KINDS[s.kind] || s.kind), s.text)),
    rewards(found),
    heat(found),
    passages(found)];
}

function rewards(found) {
  const parts = Object.entries(found.rewards).map(([name, value]) => [name, number(value, 4)]);
  return el("section", {},
    el("h2", {}, "Reward"),
    table(["part", "value"], parts),
    el("p", {}, "advantage " + number(found.row.advantage, 4) + " = " + number(found.rewards.total, 4) + " − group mean "
      + number(found.groupMean, 4) + "; recipe " + found.recipe + ", configuration " + found.rewardSha256.slice(0, 12)),
    found.violations.length ? el("ul", {}, found.violations.map(v => el("li", {class: "bad"}, v))) : null);
}

function heat(found) {
  const place = el("div", {class: "tokens"});
  const show = by => {
    place.replaceChildren(...found.tokens.map((t, i) => {
      const says = "token " + i + ", id " + t.id + (t.sampled
        ? ", log-probability " + number(t.logprob, 4) + ", advantage " + number(found.row.advantage, 4) : ", not sampled: no loss");
      const text = t.text === "" ? "#" + t.id : t.text;
      const span = el("span", {title: says, class: t.sampled ? "sampled" : "given"}, text + " ");
      return t.sampled ? tint(span, by === "advantage" ? found.row.advantage : t.logprob, by === "advantage" ? 1 : 5) : span;
    }));
  };
  const choice = el("select", {onchange: e => show(e.target.value)},
    el("option", {value: "logprob"}, "log-probability"), el("option", {value: "advantage"}, "advantage"));
  show("logprob");
  return el("section", {},
    el("h2", {}, "Tokens"),
    el("form", {onsubmit: e => e.preventDefault()}, el("label", {}, "Colour by", choice)),
    el("p", {class: "legend"}, "The stronger the colour, the further from 0; warm is below 0, cool above. Dotted tokens were not sampled and "
      + "carry no loss. Every token says its numbers when pointed at; the table has them all."),
    place,
    el("details", {}, el("summary", {}, "As a table"),
      table(["token", "id", "text", "mask", "log-probability"], found.tokens.map((t, i) =>
        [i, t.id, t.text, t.sampled ? 1 : 0, t.sampled ? number(t.logprob, 4) : ""]))));
}

function passages(found) {
  const searched = found.segments.filter(s => s.status !== "");
  return el("section", {},
    el("h2", {}, "Passages"),
    searched.length === 0 ? el("p", {class: "quiet"}, "nothing was searched") : searched.map((s, turn) => el("div", {},
      el("p", {}, el("b", {}, "turn " + turn + " "), s.query, el("span", {class: "quiet"}, "  " + s.status + " in " + s.tookMs + " ms")),
      el("ol", {}, s.passages.map(p => el("li", {}, el("b", {}, p.title + " "), p.text,
        el("span", {class: "quiet"}, "  " + p.id + ", score " + number(p.score, 2))))))));
}
