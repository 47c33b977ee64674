// Small tools of the page: elements, numbers, tables. What is shown is set as text, never parsed as HTML.
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const result = data.result;
const page = document.getElementById("page");

// element("a", {href: "#x"}, "text", otherElement)
function element(name, attributes, ...children) {
  const made = name.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4)) :
                                         document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {}))
    if (key === "on")
      for (const [event, handler] of Object.entries(value)) made.addEventListener(event, handler);
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(key, value === true ? "" : value);
  for (const child of children.flat())
    if (child !== null && child !== undefined && child !== "") made.append(child);
  return made;
}

// A section and its entry in the table of contents.
function section(id, title, shortTitle, ...children) {
  const made =
      element("section", {id, "aria-labelledby": id + "-title"}, element("h2", {id: id + "-title"}, title), ...children);
  page.append(made);
  document.getElementById("contents").append(element("a", {href: "#" + id}, shortTitle));
  return made;
}

const colour = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

// A number as read by people: four significant digits, whole from 1000 on, thousands set apart.
function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e9) return value.toPrecision(4);
  if (size >= 1000 || Number.isInteger(value)) return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
  if (size > 0 && size < 1e-3) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}
const percent = share => share === null || share === undefined ? "–" : number(Number((share * 100).toFixed(4))) + " %";
const seconds = value => number(Number(value.toFixed(3))) + " s";
const plural = (count, one) => number(count) + " " + one + (count === 1 ? "" : "s");

// columns: [{title, number?: true, head?: true}]; rows: cells are texts or elements.
function table(columns, rows, options) {
  const {caption, className} = options || {};
  return element(
      "div", {class: "scroll"},
      element(
          "table", {class: className}, caption ? element("caption", {}, caption) : null,
          element(
              "thead", {},
              element(
                  "tr", {},
                  columns.map(column => element("th", {scope: "col", class: column.number ? "number" : null}, column.title)))),
          element(
              "tbody", {},
              rows.map(
                  row => element(
                      "tr", {},
                      row.map(
                          (cell, at) => columns[at].head ?
                              element("th", {scope: "row"}, cell) :
                              element("td", {class: columns[at].number ? "number" : null}, cell)))))));
}

// A table that is made when it is first opened.
function foldedTable(title, make) {
  const details = element("details", {}, element("summary", {}, title));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) {
      const made = make();
      made.tabIndex = 0;
      details.append(made);
    }
  });
  return details;
}

function choice(label, options, onChange) {
  const select = element("select", {}, options.map((option, at) => element("option", {value: at}, option)));
  select.addEventListener("change", () => onChange(Number(select.value)));
  return element("label", {}, label, select);
}

// Told whenever the colours change: another scheme, or paper.
const repaints = [];
function repaintAll() {
  for (const repaint of repaints) repaint();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaintAll);
addEventListener("beforeprint", () => {
  document.documentElement.classList.add("printing");
  repaintAll();
});
addEventListener("afterprint", () => {
  document.documentElement.classList.remove("printing");
  repaintAll();
});

// What tests ask the page.
window.paygridReport = {
  data,
  plots: []
};
