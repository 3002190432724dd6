
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);

// Elements.
const element =
  namespace =>
  (tag, attributes, ...children) => {
    const e = document.createElementNS(namespace, tag);
    for (const [k, v] of Object.entries(attributes)) if (v !== undefined) e.setAttribute(k, v);
    e.append(...children);
    return e;
  };
const html = element("http://www.w3.org/1999/xhtml"),
  svg = element("http://www.w3.org/2000/svg");

function button(text, click, attributes = {}) {
  const b = html("button", {type: "button", ...attributes}, text);
  b.addEventListener("click", click);
  return b;
}

// table returns a table that scrolls by itself where it is wider than the page.
function table(name, head, rows) {
  const line = (cell, words) => html("tr", {}, ...words.map(w => html(cell, cell === "th" ? {scope: "col"} : {}, w)));
  return html(
    "div",
    {class: "wide", tabindex: 0, role: "region", "aria-label": name},
    html("table", {}, html("thead", {}, line("th", head)), html("tbody", {}, ...rows.map(r => line("td", r)))),
  );
}
