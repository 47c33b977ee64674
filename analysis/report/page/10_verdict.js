// The verdict: what held, what broke, what it cost, how to run it again.
function verdictSection() {
  const met = result.verdict === "as expected";
  const broke = result.checks.filter(check => check.verdict === "fail");
  const headline = (met ? "As expected" : result.verdict.charAt(0).toUpperCase() + result.verdict.slice(1)) +
      (broke.length ? ": " + listed(broke.map(check => check.name)) + " failed" : "");
  const latency = result.latency_ms;
  const figures = [
    ["Committed", number(result.payments.committed), "of " + number(result.payments.submitted)],
    ["Throughput", number(result.throughput_per_s), "committed/s"],
    ["Latency p50", number(latency.p50), "ms"],
    ["Latency p99", number(latency.p99), "ms"],
    ["Availability", percent(result.availability), ""],
    ["In doubt p99", number(result.in_doubt.p99_ms), "ms"],
    ["Blocked payments", number(result.in_doubt.blocked_payments), ""],
    ["Frozen money", number(result.in_doubt.frozen_money_seconds), "EUR s"],
  ];
  const command = "paygrid run resolved.yaml --seed " + result.seed;
  const copy = element(
      "button", {
        type: "button",
        on: {
          click: () => {
            if (navigator.clipboard)
              navigator.clipboard.writeText(command).then(() => {
                copy.textContent = "Copied";
              }, () => {});
          }
        }
      },
      "Copy");
  const made = section(
      "verdict", "Verdict", "Verdict",
      element(
          "div",
          {class: "verdict " +
               (broke.length ? "fail" :
                    met      ? "pass" :
                               "unknown")},
          element("strong", {}, headline), element("p", {id: "words"}, data.words)),
      element(
          "dl", {class: "figures"},
          figures.map(
              ([name, value, unit]) => element(
                  "div", {}, element("dt", {}, name),
                  element("dd", {}, value + " ", unit ? element("small", {}, unit) : null)))),
      checksTable(), result.expectations.length ? element("h3", {}, "Expectations") : null,
      result.expectations.length ?
          table(
              [{title: "Expected", head: true}, {title: "Found"}, {title: ""}],
              result.expectations.map(
                  row =>
                      [row.expected, shortened(row.found),
                       row.undecided ? badge("unknown") : badge(row.met ? "pass" : "fail", row.met ? "met" : "missed")])) :
          null,
      element("h3", {}, "Run it again"), element("div", {class: "replay"}, element("code", {}, command), copy),
      element(
          "p", {class: "note"}, "In the result folder. The same version gives the same trace hash, ",
          element("code", {}, result.trace_hash), "; scenario hash ", element("code", {}, result.scenario_hash), ". ",
          element("code", {}, "resolved.yaml"), " names every default."));
  made.prepend(
      element("h1", {}, result.scenario),
      element(
          "p", {class: "identity"},
          (result.protocol || "no protocol") + " · seed " + result.seed + " · " + seconds(result.simulated_s) +
              " simulated · PayGrid " + result.version));
  document.getElementById("verdict-title").hidden = true;
}

const listed = names => names.length < 2 ? names.join("") : names.slice(0, -1).join(", ") + " and " + names[names.length - 1];
const shortened = text => /^-?\d+\.\d{7,}/.test(text) ? number(Number(text)) : text;
const badge = (kind, text) =>
    element("span", {class: "badge " + kind}, {pass: "✓ ", fail: "✗ ", unknown: "? "}[kind] + (text || kind));

function checksTable() {
  return table(
      [{title: "Check", head: true}, {title: "Verdict"}, {title: "Why"}],
      result.checks.map(
          check =>
              [element("span", {title: check.property}, check.name),
               badge(check.verdict),
               element(
                   "div", {}, check.reason, check.follows_from ? " (a consequence of " + check.follows_from + ")" : "",
                   check.witness ? element("span", {class: "witness"}, check.witness) : null),
  ]),
      {className: "wide checks"});
}
