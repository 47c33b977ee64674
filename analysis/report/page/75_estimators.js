// Availability by group with its credible band, and the estimators: their grades, and what they said beside what then came.
function availabilitySection() {
  const groups = data.availability;
  if (!groups || !data.timeline.from_s.length) return;
  const title = row => row.group === "all" ? row.name : row.group + " " + row.name;
  const spec = shares => {
    const made = timePlotSpec(
        {
          id: "availability-by-group",
          title: "Availability",
          unit: "share answered in time, by date of submission, with its 95 % credible band",
          labels: ["availability"],
          colours: ["green"],
          share: true
        },
        [{name: "availability", at: 0}], {availability: shares}, data.timeline.from_s, data.timeline.rows_per_point);
    const lows = shares.low.filter(value => value !== null);
    made.options.valueRange = [Math.min(0.98, ...lows) - 0.02, 1.02];
    return made;
  };
  const plot = makePlot(spec(groups[0].over_time));
  section(
      "availability-groups", "Availability", "Availability",
      element(
          "p", {class: "note"},
          "What can be said of the share of payments that are answered in time: its posterior, 95 % of which lies in the " +
              "band (Jeffreys' prior; payments are taken as independent, which those of one outage are not). The table counts " +
              "measured payments."),
      table(
          [
            {title: "Payments", head: true}, {title: "In time", number: true}, {title: "Of", number: true},
            {title: "Share", number: true}, {title: "95 % from", number: true}, {title: "to", number: true}
          ],
          groups.map(
              row =>
                  [title(row), number(row.in_time), number(row.known), percent(row.known ? row.in_time / row.known : null),
                   percent(row.low), percent(row.high)])),
      groups.length > 1 ? element("div", {class: "controls"}, choice("Over time", groups.map(title), at => {
                                    const {rows, options} = spec(groups[at].over_time);
                                    plot.spec.rows = rows;
                                    plot.graph.updateOptions({file: rows, valueRange: options.valueRange});
                                    showValues(plot, -1);
                                  })) : null, plot.figure);
  timePlots.push(plot);
  drawPlot(plot);
}

const kEstimatorUnits = {
  latency: "ms, mean of an interval",
  in_doubt: "payments",
  journal_lag: "payments",
  clock_offset: "ms, estimate less truth",
  availability: "share of an interval",
  latency_change: "ms; alarms are marked"
};

function estimatorsSection() {
  if (!result.estimators) return;
  const made = section(
      "estimators", "Estimators", "Estimators",
      element(
          "p", {class: "note"},
          "Each saw a sample of the payments and said, before it came, what the next interval would bring; the truth is " +
              "that of all payments. Consistent: the errors are as large as it said, without outliers, and none tells the next."),
      gradesTable(), changesTable());
  const plots = (data.estimates || []).filter(row => kEstimatorUnits[row.of] && row.at_s.length > 1).map(estimatorPlot);
  if (plots.length) made.append(element("h3", {}, "Forecasts"));
  for (const plot of plots) made.append(plot.figure);
  plots.forEach(drawPlot);
}

function gradesTable() {
  const kind = {consistent: "pass", inconsistent: "fail", "too short": "unknown"};
  return table(
      [
        {title: "Estimated", head: true}, {title: "With"}, {title: "Verdict"}, {title: "Forecasts", number: true},
        {title: "In 95 %", number: true}, {title: "Bias", number: true}, {title: "RMSE", number: true}, {title: "Unit"},
        {title: "NIS", number: true}, {title: "Learnt in the end"}
      ],
      result.estimators.map(
          row =>
              [words(row.of), words(row.with), row.verdict ? badge(kind[row.verdict], row.verdict) : "–", number(row.n),
               row.coverage === undefined ? "–" : percent(row.coverage), number(row.bias), number(row.rmse), row.unit || "–",
               row.nis ? number(row.nis.mean) : "–", learntText(row)]),
      {className: "wide"});
}

// The posterior, or how good the probabilities were.
function learntText(row) {
  if (row.brier !== undefined) return "Brier " + number(row.brier) + ", base rate " + number(row.brier_of_base_rate);
  if (!row.posterior) return "–";
  const text = row.of === "availability" ? percent : value => number(value) + " s";
  return text(row.posterior.mean) + " (" + text(row.posterior.low) + " to " + text(row.posterior.high) + ")";
}

function changesTable() {
  const rows = result.estimators.filter(row => row.by_fault)
                   .flatMap(
                       row =>
                           [...row.by_fault.map(
                                fault =>
                                    [words(row.with), fault.fault, number(fault.changes), number(fault.detected),
                                     fault.delay_s === null ? "–" : seconds(fault.delay_s)]),
                            [words(row.with), "no change", "–", plural(row.false_alarms, "false alarm"), "–"]]);
  if (!rows.length) return null;
  return element(
      "div", {}, element("h3", {}, "Changes of latency"),
      table(
          [
            {title: "With", head: true}, {title: "Fault"}, {title: "Changes", number: true}, {title: "Detected", number: true},
            {title: "Mean delay", number: true}
          ],
          rows));
}

function estimatorPlot(row) {
  const grade = result.estimators.find(other => other.of === row.of && other.with === row.with);
  const relative = row.of === "clock_offset";
  const less = (value, at) =>
      value === null || (relative && row.truth[at] === null) ? null : value - (relative ? row.truth[at] : 0);
  const banded = row.low.some(value => value !== null);
  const cell = (value, low, high) => banded ? [low, value, high] : value;
  const order = row.at_s.map((_, at) => at).sort((a, b) => row.at_s[a] - row.at_s[b]);
  const rows = order.map(at => {
    const truth = less(row.truth[at], at);
    return [
      row.at_s[at], cell(less(row.estimate[at], at), less(row.low[at], at), less(row.high[at], at)), cell(truth, truth, truth)
    ];
  });
  const share = row.of === "availability";
  return makePlot({
    id: "estimate-" + row.of + "-" + row.with,
    title: words(row.of) + ", " + words(row.with),
    unit: kEstimatorUnits[row.of],
    bars: banded,
    labels: [row.of === "latency_change" ? "of the sample" : "forecast", "truth"],
    colours: ["blue", "vermillion"],
    rows,
    rowsMeant: rows.length,
    xTitle: "At, s",
    xText: seconds,
    valueText: share ? percent : number,
    underlay: (context, area, graph) => {
      shadeFaults(context, area, graph);
      markAlarms(context, area, graph, grade && grade.alarms_s || []);
    },
    series: {truth: relative ? {strokeWidth: 1} : {strokeWidth: 0, drawPoints: true, pointSize: 2}},
    options: {
      ...timePlotOptions(share, null),
      stepPlot: false,
      connectSeparatedPoints: true,
      logscale: row.of === "latency" || row.of === "latency_change"
    }
  });
}

function markAlarms(context, area, graph, alarms) {
  context.save();
  context.strokeStyle = colour("purple");
  context.lineWidth = 2;
  for (const alarm of alarms) {
    const x = Math.round(domX(graph, alarm));
    if (x < area.x || x > area.x + area.w) continue;
    context.beginPath();
    context.moveTo(x, area.y);
    context.lineTo(x, area.y + area.h);
    context.stroke();
  }
  context.restore();
}
