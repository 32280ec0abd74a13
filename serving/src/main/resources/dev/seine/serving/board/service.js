// What the pages share: calls with this tab's key, and text that stays text.

export const byId = (id) => document.getElementById(id);

export function call(path) {
  const key = sessionStorage.getItem("seine-key") ?? "";
  return fetch(path, { headers: key ? { Authorization: `Bearer ${key}` } : {} });
}

export async function errorOf(response) {
  if (response.status === 401) return "This service wants a key: give it on the page Ask.";
  const body = await response.json().catch(() => ({}));
  return body.error?.message ?? `The service answered ${response.status}.`;
}

export function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

export function row(cells) {
  const line = document.createElement("tr");
  line.append(...cells.map((cell) => {
    if (!(cell instanceof Node)) return element("td", cell);
    const td = document.createElement("td");
    td.append(cell);
    return td;
  }));
  return line;
}

export const time = (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
