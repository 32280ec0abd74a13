// Asks over the public interface and shows the answer as it comes. Everything that is shown is set as text, never as markup.

const byId = (id) => document.getElementById(id);
const questionField = byId("question");
const modelField = byId("model");
let key = sessionStorage.getItem("seine-key") ?? "";
let running;

function call(path, options = {}) {
  const headers = { "Content-Type": "application/json", ...(key ? { Authorization: `Bearer ${key}` } : {}) };
  return fetch(path, { ...options, headers });
}

async function errorOf(response) {
  const body = await response.json().catch(() => ({}));
  return body.error?.message ?? `The service answered ${response.status}.`;
}

async function loadModels() {
  const response = await call("v1/models");
  byId("key").hidden = response.status !== 401;
  if (!response.ok) return;
  const { data } = await response.json();
  modelField.replaceChildren(...data.map((model) => {
    const versions = model.seine?.versions ?? [];
    return new Option(`${model.id} (v${versions.at(-1)?.version ?? "?"})`, model.id);
  }));
}

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** Yields the data of each server-sent event of a response. */
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffer += value;
    const blocks = buffer.split("\n\n");
    buffer = blocks.pop();
    for (const block of blocks) {
      const data = block.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      if (data) yield JSON.parse(data);
    }
  }
}

/** One answer on the page. */
class Card {
  constructor(question) {
    this.root = byId("answer").content.firstElementChild.cloneNode(true);
    this.part = (name) => this.root.querySelector(`.${name}`);
    this.part("asked").textContent = question;
    this.root.classList.add("working");
    byId("answers").prepend(this.root);
    this.items = new Map();
  }

  take(event) {
    switch (event.type) {
      case "response.output_item.added": return this.added(event.item);
      case "response.reasoning_summary_text.delta": return void (this.items.get(event.item_id).textContent += event.delta);
      case "response.output_item.done": return this.done(event.item);
      case "response.output_text.delta": return void (this.part("text").textContent += event.delta);
      case "response.completed": case "response.incomplete": return this.end(event.response);
      case "response.failed": return this.problem(event.response.error.message);
    }
  }

  added(item) {
    if (item.type === "message") return;
    const line = element("li", item.type === "reasoning" ? "" : `Searching: ${item.queries[0]}`);
    this.part("steps").append(line);
    this.items.set(item.id, line);
  }

  done(item) {
    if (item.type === "file_search_call") {
      const details = document.createElement("details");
      details.append(element("summary", `Searched: ${item.queries[0]} (${item.results?.length ?? 0} found)`));
      const list = document.createElement("ul");
      for (const found of item.results ?? []) {
        const line = element("li", "");
        line.append(element("strong", found.filename), ` ${found.text} `, element("span", `score ${found.score.toFixed(2)}`, "score"));
        list.append(line);
      }
      details.append(list);
      this.items.get(item.id).replaceChildren(details);
    } else if (item.type === "message") {
      this.cite(item.content[0]);
    }
  }

  cite({ text, annotations }) {
    const ranges = [...new Map(annotations.map((a) => [a.start_index, a.end_index]))].sort((a, b) => a[0] - b[0]);
    const parts = [];
    let at = 0;
    for (const [start, end] of ranges) {
      parts.push(text.slice(at, start), element("mark", text.slice(start, end)));
      at = end;
    }
    this.part("text").replaceChildren(...parts, text.slice(at));
    const sources = this.part("sources");
    sources.hidden = annotations.length === 0;
    sources.replaceChildren(...annotations.map((a) => {
      const line = element("li", "");
      line.append(/^https?:/.test(a.url) ? Object.assign(element("a", a.title), { href: a.url, rel: "noreferrer" }) : a.title,
        ` (characters ${a.start_index} to ${a.end_index})`);
      return line;
    }));
  }

  end({ seine, status, usage }) {
    this.root.classList.remove("working");
    if (!this.part("text").textContent) this.part("text").append(element("em", "The policy gave no answer."));
    const facts = [`${seine.policy} v${seine.policy_version}`];
    if (usage) {
      const { queued, generate, retrieve, total } = seine.latency_ms;
      facts.push(`${seine.searches} searches`, `${usage.total_tokens} tokens`,
        `${total} ms (waiting ${queued}, writing ${generate}, searching ${retrieve})`);
    }
    if (status === "incomplete") facts.push("cut at a limit");
    this.part("facts").textContent = facts.join(" \u00b7 ");
    this.feedback(seine.answer_id);
  }

  problem(text) {
    this.root.classList.remove("working");
    this.part("problem").hidden = false;
    this.part("problem").textContent = text;
  }

  feedback(answerId) {
    const form = this.part("feedback");
    form.hidden = false;
    let verdict = "";
    form.querySelectorAll("[data-verdict]").forEach((button) => button.addEventListener("click", () => {
      verdict = button.dataset.verdict;
      form.querySelectorAll("[data-verdict]").forEach((b) => b.setAttribute("aria-pressed", b === button));
    }));
    form.addEventListener("submit", async (submit) => {
      submit.preventDefault();
      const correction = form.elements.correction.value.trim();
      const comment = form.elements.comment.value.trim();
      const said = correction ? "corrected" : verdict || (comment ? "comment" : "");
      const status = this.part("thanks");
      if (!said) return void (status.textContent = "Choose right or wrong, or write something.");
      const response = await call("v1/feedback", {
        method: "POST",
        body: JSON.stringify({ answer_id: answerId, verdict: said, correction, comment }),
      });
      status.textContent = response.ok ? "Thank you. It counts." : await errorOf(response);
    });
  }
}

async function ask(question) {
  const card = new Card(question);
  running = new AbortController();
  byId("send").disabled = true;
  byId("stop").hidden = false;
  try {
    const response = await call("v1/responses", {
      method: "POST",
      body: JSON.stringify({ model: modelField.value, input: question, stream: true }),
      signal: running.signal,
    });
    if (!response.ok) {
      byId("key").hidden = response.status !== 401;
      return card.problem(await errorOf(response));
    }
    for await (const event of events(response)) card.take(event);
    if (card.root.classList.contains("working")) card.problem("The answer broke off.");
  } catch (error) {
    card.problem(error.name === "AbortError" ? "Stopped." : "The service cannot be reached.");
  } finally {
    byId("send").disabled = false;
    byId("stop").hidden = true;
  }
}

byId("ask").addEventListener("submit", (submit) => {
  submit.preventDefault();
  const question = questionField.value.trim();
  if (question) ask(question);
});
questionField.addEventListener("keydown", (press) => {
  if (press.key === "Enter" && !press.shiftKey && !press.isComposing) {
    press.preventDefault();
    if (!byId("send").disabled) byId("ask").requestSubmit();
  }
});
byId("stop").addEventListener("click", () => running.abort());
byId("key").addEventListener("submit", (submit) => {
  submit.preventDefault();
  key = byId("secret").value.trim();
  sessionStorage.setItem("seine-key", key);
  loadModels();
});
loadModels();
