"use strict";
const content = document.getElementById("content");
const PAGE = 50;

const PAGES = {
  "": stepsPage, "step": stepPage, "rows": rowsPage, "rollout": rolloutPage, "compare": comparePage, "config": configPage
};

async function stepsPage(parts, parameters) {
  const skip = Number(parameters.get("skip") || 0);
  const [run, found] = await Promise.all([get("/api/run"), get("/api/steps", {skip, limit: PAGE})]);
  const fates = Object.entries(run.fates).map(([name, count]) => el("li", {},
    link("/rows?fate=" + encodeURIComponent(name), name), " " + count.toLocaleString("en")));
  return [el("h1", {}, "Steps"),
    el("p", {}, run.trajectories.toLocaleString("en") + " scored trajectories, " + run.steps.toLocaleString("en") + " steps"),
    el("ul", {}, fates),
    table(["step", "trained", "skipped", "reward", "right", "searches", "loss", "gradient", "staleness"], found.steps.map(s => [
      link("/step/" + s.step, s.step), s.trained, s.skipped, number(s.metrics.reward), number(s.metrics.correct), number(s.metrics.searches, 2),
      number(s.metrics.loss), number(s.metrics["grad-norm"], 2), number(s.metrics["staleness-mean"], 2)])),
    pager({skip: found.skip, limit: found.limit, total: found.total}, to => move("/?skip=" + to))];
}

async function stepPage(parts) {
  const step = parts[0];
  const found = await get("/api/rows", {step, limit: 500});
  const groups = new Map();
  for (const row of found.rows) {
    groups.set(row.group, (groups.get(row.group) || []).concat(row));
  }
  const largest = Math.max(...found.rows.map(r => Math.abs(r.advantage)), 0.01);
  return [el("h1", {}, "Step " + step),
    el("p", {class: "legend"}, "One row a group, one cell a rollout: its advantage, and below it its searches. Framed: right. Dashed: malformed. "
      + "Warm is below the group's mean, cool above."),
    [...groups].map(([group, rows]) => el("section", {},
      el("h2", {}, link("/rows?group=" + encodeURIComponent(group), group)),
      el("div", {class: "grid"}, rows.map(row => cell(row, largest)))))];
}

function cell(row, largest) {
  const says = row.rollout + ": " + (row.violations ? "malformed" : row.correct ? "right" : "wrong") + ", reward " + number(row.reward)
    + ", advantage " + number(row.advantage) + ", " + row.searches + " searches, " + row.fate;
  const name = "cell" + (row.violations ? " malformed" : row.correct ? " right" : "");
  return tint(el("a", {class: name, href: "#" + rolloutPath(row.rollout), title: says, "aria-label": says},
    el("span", {}, number(row.advantage, 2)), el("span", {class: "quiet"}, row.searches)), row.advantage, largest);
}

const FIELDS = [
  ["question", "Question id"], ["group", "Group"], ["rollout", "Rollout"], ["step", "Step"], ["fate", "Fate"], ["minSearches", "Searches from"],
  ["maxSearches", "to"]];
const CHOICES = [
  ["correct", "Answer", [["", "any"], ["1", "right"], ["0", "wrong"]]],
  ["malformed", "Format", [["", "any"], ["1", "broken"], ["0", "kept"]]],
  ["order", "Order", ["time", "newest", "advantage", "reward", "length", "searches"].map(o => [o, o])]];

async function rowsPage(parts, parameters) {
  const asked = Object.fromEntries(parameters);
  const found = await get("/api/rows", {...asked, limit: PAGE});
  const form = el("form", {"aria-label": "Filter", onsubmit: e => {
    e.preventDefault();
    move("/rows?" + new URLSearchParams([...new FormData(form)].filter(([, v]) => v !== "")));
  }},
  FIELDS.map(([name, label]) => el("label", {}, label, el("input", {name, value: asked[name] || "", size: name.length > 6 ? 6 : 12}))),
  CHOICES.map(([name, label, options]) => el("label", {}, label, el("select", {name}, options.map(([value, text]) =>
    el("option", {value, selected: (asked[name] || "") === value ? "" : null}, text))))),
  el("button", {}, "Show"));
  return [el("h1", {}, "Trajectories"), form,
    table(["rollout", "answer", "searches", "reward", "advantage", "step", "fate", "compare"], found.rows.map(row => [
      link(rolloutPath(row.rollout), row.rollout), verdict(row), row.searches, number(row.reward), number(row.advantage),
      row.step < 0 ? "" : link("/step/" + row.step, row.step), row.fate, compareLink(row)])),
    pager(found, to => move("/rows?" + new URLSearchParams({...asked, skip: to})))];
}

// The first choice is remembered until the second makes a pair.
let first = "";
function compareLink(row) {
  return el("button", {type: "button", "aria-label": "Compare " + row.rollout, onclick: e => {
    if (first && first !== row.rollout) {
      const other = first;
      first = "";
      move("/compare/" + encodeURIComponent(other) + "/" + encodeURIComponent(row.rollout));
    } else {
      first = row.rollout;
      e.target.textContent = "with…";
    }
  }}, first === row.rollout ? "with…" : "pick");
}

async function rolloutPage(parts) {
  const found = await get("/api/rollout", {id: parts[0]});
  return [el("h1", {}, parts[0]), el("p", {}, link("/rows?group=" + encodeURIComponent(found.row.group), "the whole group")),
    rolloutBody(found)];
}

async function comparePage(parts) {
  const pair = await Promise.all(parts.slice(0, 2).map(id => get("/api/rollout", {id})));
  return [el("h1", {}, "Two rollouts"),
    el("div", {class: "side"}, pair.map(found => el("section", {}, el("h2", {}, link(rolloutPath(found.row.rollout), found.row.rollout)),
      rolloutBody(found))))];
}

async function configPage() {
  const run = await get("/api/run");
  return [el("h1", {}, "Configuration"), el("pre", {}, run.config || "not in the run folder")];
}

function move(path) {
  location.hash = path;
}

async function show() {
  const [path, query] = location.hash.replace(/^#/, "").split("?");
  const parts = path.split("/").slice(1).map(decodeURIComponent);
  const page = PAGES[parts[0] || ""] || stepsPage;
  content.setAttribute("aria-busy", "true");
  try {
    content.replaceChildren(...(await page(parts.slice(1), new URLSearchParams(query || ""))).flat(9));
  } catch (problem) {
    content.replaceChildren(el("p", {class: "bad", role: "alert"}, problem.message));
  }
  content.setAttribute("aria-busy", "false");
}

window.addEventListener("hashchange", () => show().then(() => content.focus()));
get("/api/runs").then(({runs}) => {
  if (runs.length > 1) {
    const shown = new URLSearchParams(location.search).get("of") || runs[0];
    document.getElementById("runs").append(...runs.map(name =>
      el("a", {href: "/?" + new URLSearchParams({of: name}), "aria-current": name === shown && "page"}, name)));
  }
});
get("/api/run").then(run => { document.getElementById("run").textContent = plain(run.name); });
show();
