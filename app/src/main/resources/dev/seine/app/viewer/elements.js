"use strict";
// Everything that comes from the log goes through text nodes: a trajectory can say what it likes, it stays text.

function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "onclick" || name === "onchange" || name === "onsubmit") {
      element.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value);
    }
  }
  for (const child of children.flat(9)) {
    if (child !== null && child !== undefined) {
      element.append(child instanceof Node ? child : document.createTextNode(plain(String(child))));
    }
  }
  return element;
}

// Characters that reorder the text after them could make a page lie about what it shows.
function plain(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

function number(value, digits) {
  return value === undefined || value === null ? "" : Number(value).toFixed(digits === undefined ? 3 : digits);
}

function table(heads, rows, caption) {
  return el("div", {class: "scroll"}, el("table", {},
    caption ? el("caption", {class: "quiet"}, caption) : null,
    el("thead", {}, el("tr", {}, heads.map(h => el("th", {scope: "col"}, h)))),
    el("tbody", {}, rows.map(cells => el("tr", {}, cells.map(c => el("td", {}, c)))))));
}

function link(path, text) {
  return el("a", {href: "#" + path}, text);
}

function rolloutPath(id) {
  return "/rollout/" + encodeURIComponent(id);
}

async function get(path, parameters) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(parameters || {})) {
    if (value !== "" && value !== undefined && value !== null) {
      query.set(name, value);
    }
  }
  const answer = await fetch(path + "?" + query);
  const json = await answer.json();
  if (!answer.ok) {
    throw new Error(json.error || "the viewer answered " + answer.status);
  }
  return json;
}

// Signed numbers as a colour: warm below 0, cool above, as strong as they are large. The number itself is in the text or the title.
function tint(element, value, largest) {
  const share = Math.min(1, Math.abs(value) / (largest || 1));
  element.style.backgroundColor = "rgb(var(" + (value < 0 ? "--warm" : "--cool") + ") / " + (share * 0.55).toFixed(3) + ")";
  return element;
}

function pager(found, go) {
  const last = Math.min(found.skip + found.limit, found.total);
  return el("div", {class: "pages"},
    el("button", {type: "button", disabled: found.skip === 0 ? "" : null,
      onclick: () => go(Math.max(0, found.skip - found.limit))}, "Earlier"),
    el("span", {class: "count"}, found.total === 0 ? "none" : (found.skip + 1) + " to " + last + " of " + found.total.toLocaleString("en")),
    el("button", {type: "button", disabled: last >= found.total ? "" : null,
      onclick: () => go(found.skip + found.limit)}, "Later"));
}
