// Live curves of a run. The board's entries come once as JSON and then as server-sent events; a step done again replaces itself.
import { byId, call, element, errorOf, row, time } from "./service.js";

const CURVES = [
  { title: "Reward", unit: "mean of a step's rollouts", keys: { reward: "total", "reward-answer": "answer", "reward-format": "format", "reward-group": "group", "reward-memory": "memory" } },
  { title: "Accuracy", unit: "share of rollouts; points: held-out questions", keys: { correct: "rollouts", "well-formed": "well formed" }, evaluated: "accuracy" },
  { title: "Searches", unit: "a question; points: held-out questions", keys: { searches: "rollouts" }, evaluated: "searches" },
  { title: "Memory probe", unit: "share of single facts recalled without search", keys: {}, probe: true },
  { title: "Loss", unit: "", keys: { loss: "total", "loss-policy": "policy", "loss-memory": "memory", "loss-rehearsal": "rehearsal" } },
  { title: "Surprise at remembered facts", unit: "negative log-likelihood a token", keys: { "nll-memory": "memory" } },
  { title: "Entropy", unit: "nats a token", keys: { entropy: "policy" } },
  { title: "Staleness", unit: "versions", keys: { "staleness-mean": "mean", "staleness-max": "largest" } },
  { title: "Throughput", unit: "tokens trained a second", keys: { "tokens-per-second": "tokens" } },
  { title: "Time", unit: "seconds a step", keys: { seconds: "step" } },
];
const COLOURS = { light: ["#0b6a7a", "#a8480c", "#6b3fa0", "#2f6b1f", "#a3241f"], dark: ["#6cc3d1", "#f0a060", "#c3a2f2", "#93cf7e", "#ff8f88"] };
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4]];
const FRAME_MS = 500;

const steps = new Map();
const evaluations = [];
const promotions = [];
let lag = {};
let next = 0;
let due = false;
const dark = matchMedia("(prefers-color-scheme: dark)");
const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Vertical lines where a version was decided on. */
const decisions = {
  id: "decisions",
  afterDatasetsDraw({ ctx, chartArea: { top, bottom, left, right }, scales: { x } }) {
    for (const { version, decision } of promotions) {
      const at = x.getPixelForValue(version);
      if (at < left || at > right) continue;
      ctx.save();
      ctx.strokeStyle = ink(decision === "promoted" ? "--accent" : "--soft");
      ctx.setLineDash(decision === "promoted" ? [] : [4, 4]);
      ctx.beginPath();
      ctx.moveTo(at, top);
      ctx.lineTo(at, bottom);
      ctx.stroke();
      ctx.restore();
    }
  },
};

function figure(curve) {
  const box = document.createElement("figure");
  const frame = document.createElement("div");
  const canvas = element("canvas", "", { role: "img" });
  frame.append(canvas);
  const said = element("p", "");
  box.append(element("figcaption", curve.title), frame, said);
  byId("charts").append(box);
  const chart = new Chart(canvas, {
    type: "line",
    data: { datasets: [] },
    options: {
      animation: false, parsing: false, normalized: true, responsive: true, maintainAspectRatio: false,
      interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: { x: { type: "linear", min: 0, ticks: { maxTicksLimit: 7, precision: 0 } }, y: { ticks: { maxTicksLimit: 6 } } },
      plugins: { legend: { position: "bottom", labels: { boxHeight: 0, boxWidth: 26 } }, decimation: { enabled: true } },
    },
    plugins: [decisions],
  });
  return { curve, chart, canvas, said };
}

const points = (rows, key) => rows.filter((r) => r[key] !== undefined).map((r) => ({ x: r.step, y: r[key] }));

/** The lines of a chart: name and points, and whether the points stand alone. */
function lines(curve, rows) {
  const found = Object.entries(curve.keys).map(([key, name]) => ({ name, points: points(rows, key) }));
  const sets = (wanted) => [...new Set(evaluations.filter(wanted).map((e) => e.dataset))];
  if (curve.evaluated) {
    for (const set of sets((e) => e.dataset !== "probe" && e[curve.evaluated] !== undefined)) {
      found.push({ name: set, alone: true, points: evaluations.filter((e) => e.dataset === set).map((e) => ({ x: e.version, y: e[curve.evaluated] })) });
    }
  }
  if (curve.probe) {
    const probes = evaluations.filter((e) => e.dataset === "probe");
    for (const name of [...new Set(probes.flatMap((e) => Object.keys(e.slices)))]) {
      found.push({ name, probe: true, points: probes.filter((e) => e.slices[name] !== undefined).map((e) => ({ x: e.version, y: e.slices[name] })) });
    }
  }
  return found.filter((line) => line.points.length > 0);
}

const short = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) < 10 ? 3 : 1));

function draw({ curve, chart, canvas, said }, rows) {
  const colours = COLOURS[dark.matches ? "dark" : "light"];
  const shown = lines(curve, rows);
  chart.data.datasets = shown.map((line, i) => ({
    label: line.name, data: line.points, borderColor: colours[i % colours.length], backgroundColor: colours[i % colours.length],
    borderWidth: 1.6, borderDash: line.alone ? [] : DASHES[i % DASHES.length], showLine: !line.alone, clip: line.alone || line.probe ? false : undefined,
    pointRadius: line.alone || line.probe || line.points.length === 1 ? 4 : 0, pointStyle: ["circle", "rect", "triangle", "rectRot", "star"][i % 5],
  }));
  for (const axis of [chart.options.scales.x, chart.options.scales.y]) {
    axis.grid = { color: ink("--line") };
    axis.ticks.color = ink("--soft");
  }
  chart.options.scales.x.max = Math.max(1, rows.at(-1)?.step ?? 1, ...shown.flatMap((line) => line.points.map((p) => p.x)));
  chart.options.plugins.legend.labels.color = ink("--ink");
  chart.update("none");
  const last = shown.map((line) => `${line.name} ${short(line.points.at(-1).y)}`).join(", ");
  said.textContent = `${curve.unit ? `${curve.unit}. ` : ""}${last ? `Last: ${last}` : "Nothing yet."}`;
  canvas.setAttribute("aria-label", `${curve.title} by learner step. ${said.textContent}`);
}

const figures = CURVES.map(figure);

function tables() {
  byId("promotions").replaceChildren(...[...promotions].reverse().map((p) => row([time(p.at_ms), p.decision, `v${p.version}`, p.by, p.cause])));
  byId("evaluations").replaceChildren(...[...evaluations].reverse().map((e) => row([
    `v${e.version}`, e.dataset, e.questions, e.accuracy === undefined ? "" : short(e.accuracy), e.searches === undefined ? "" : short(e.searches)])));
  byId("lag").replaceChildren(...Object.entries(lag).flatMap(([topic, groups]) => Object.entries(groups).map(([group, n]) => row([topic, group, n]))));
}

function render() {
  due = false;
  const rows = [...steps.values()].sort((a, b) => a.step - b.step);
  figures.forEach((f) => draw(f, rows));
  tables();
  const serving = promotions.at(-1)?.serving ?? -1;
  byId("status").textContent = `${rows.length ? `Step ${rows.at(-1).step}` : "No step yet"}. ${serving < 0 ? "No version was promoted yet." : `Version ${serving} serves${promotions.at(-1).canary >= 0 ? `, version ${promotions.at(-1).canary} as the canary` : ""}.`}`;
}

function take(entry) {
  if (entry.type === "step") steps.set(entry.step, entry);
  else if (entry.type === "evaluation") evaluations.push(entry);
  else if (entry.type === "promotion") promotions.push(entry);
  else if (entry.type === "lag") lag = entry.topics;
  if (!due) {
    due = true;
    setTimeout(render, FRAME_MS);
  }
}

async function load() {
  const response = await call(`v1/train?from=${next}`);
  if (!response.ok) throw new Error(await errorOf(response));
  const body = await response.json();
  body.entries.forEach(take);
  next = body.next;
  render();
}

async function follow(signal) {
  const response = await call(`v1/train/events?from=${next}`);
  if (!response.ok) throw new Error(await errorOf(response));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  signal.addEventListener("abort", () => reader.cancel());
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffer += value;
    const blocks = buffer.split("\n\n");
    buffer = blocks.pop();
    for (const block of blocks) {
      const of = (field) => block.split("\n").find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2);
      if (of("data")) {
        take(JSON.parse(of("data")));
        next = Number(of("id")) + 1;
      }
    }
  }
}

/** Follows until the box is cleared; a service that is away is tried again. */
async function live() {
  const stop = new AbortController();
  byId("live").addEventListener("change", () => stop.abort(), { once: true });
  while (!stop.signal.aborted) {
    try {
      await follow(stop.signal);
      byId("problem").textContent = "";
    } catch (error) {
      byId("problem").textContent = `${error.message} Trying again.`;
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

byId("live").checked = new URLSearchParams(location.search).get("live") !== "off";
byId("live").addEventListener("change", () => byId("live").checked && live());
dark.addEventListener("change", render);
try {
  await load();
} catch (error) {
  byId("problem").textContent = error.message;
}
if (byId("live").checked) live();
