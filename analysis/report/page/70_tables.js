// Costs beside their formulas, faults, and whatever else the result states.
function costsSection() {
  if (!data.costs.length) return;
  const formula = new Map((result.cost_formula || []).map(row => [row.participants, row.commit]));
  const formulaOf = (participants, what) => formula.has(participants) ? number(formula.get(participants)[what]) : "–";
  section(
      "costs", "Messages and forced writes", "Costs",
      element(
          "p", {class: "note"},
          "Means over committed payments of the measured window, all attempts together. The formula counts " +
              "every participant as remote and " +
              "nothing lost: a participant beside its coordinator costs no message, a retry or a lost message costs more."),
      table(
          [
            {title: "Participants", head: true}, {title: "Payments", number: true}, {title: "Messages", number: true},
            {title: "Formula", number: true}, {title: "Forced writes", number: true}, {title: "Formula", number: true}
          ],
          data.costs.map(
              row =>
                  [number(row.participants), number(row.payments), number(row.messages),
                   formulaOf(row.participants, "messages"), number(row.forced_writes),
                   formulaOf(row.participants, "forced_writes")])),
      element("h3", {}, "Messages by type"), messageBars());
}

function messageBars() {
  const types = Object.entries(result.messages.by_type).filter(([, count]) => count > 0);
  const most = Math.max(...types.map(([, count]) => count), 1);
  return table(
      [{title: "Type", head: true}, {title: "Sent", number: true}, {title: ""}],
      types.map(
          ([name, count]) =>
              [name, number(count),
               element(
                   "svg:svg", {width: 240, height: 12, "aria-hidden": "true"},
                   element("svg:rect", {width: Math.max(1, 240 * count / most), height: 12, fill: "var(--blue)"}))]));
}

function faultsSection() {
  if (!faults.length) return;
  section(
      "faults", "Faults", "Faults",
      table(
          [
            {title: "Fault", number: true}, {title: "What", head: true}, {title: "Began", number: true},
            {title: "Ended", number: true}, {title: "Submitted", number: true}, {title: "Committed", number: true},
            {title: "Aborted", number: true}, {title: "Most in doubt", number: true}
          ],
          result.faults.rows.map(
              row =>
                  [number(row.fault), row.description, seconds(row.began_s),
                   row.ended_s === null ? "never" : seconds(row.ended_s), number(row.submitted), number(row.committed),
                   number(row.aborted), number(row.in_doubt_max)]),
          {className: "wide", caption: "Payments submitted and answered while the fault acted"}));
}

// A value of unknown shape as nested tables: lists of like objects become rows.
function shown(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return number(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) {
    if (!value.length) return "none";
    if (!value.every(item => item !== null && typeof item === "object" && !Array.isArray(item)))
      return value.map(item => typeof item === "object" ? JSON.stringify(item) : shown(item)).join(", ");
    const keys = [...new Set(value.flatMap(Object.keys))];
    return table(
        keys.map(
            (key, at) =>
                ({title: words(key), head: at === 0, number: at > 0 && value.every(item => typeof item[key] === "number")})),
        value.map(item => keys.map(key => shown(item[key]))));
  }
  return table([{title: "", head: true}, {title: ""}], Object.entries(value).map(([key, inner]) => [words(key), shown(inner)]));
}
const words = key => key.replace(/_/g, " ");

function optionalSections() {
  if (result.locks) section("locks", "Locks", "Locks", shown(result.locks));
}
