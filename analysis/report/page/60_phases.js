// Where the time of a payment goes: its critical path, divided into phases that add up to the latency.
const kPhaseColours = {
  network: "sky",
  queue: "faint",
  log: "green",
  lock: "orange",
  timeout: "vermillion"
};
const kPhaseMeaning = {
  network: "on its way",
  queue: "waiting for processor or disk",
  log: "forced writes",
  lock: "waiting for locks",
  timeout: "waiting for a timer"
};

function phasesSection() {
  const {names, groups} = data.phases;
  if (!groups.length) return;
  const shown = groups.filter(group => group.group === "all" || groups.filter(other => other.group === group.group).length > 1);
  const made = section(
      "phases", "Where the time goes", "Time",
      element(
          "p", {class: "note"},
          "Mean over committed payments, along the critical path from intended start to answer. The parts add " +
              "up to the mean latency."),
      element(
          "ul", {class: "legend"},
          names.map(
              name => element(
                  "li", {}, element("span", {class: "swatch block", style: `background: var(--${kPhaseColours[name]})`}),
                  name + (kPhaseMeaning[name] ? ": " + kPhaseMeaning[name] : "")))),
      element("div", {class: "bars", id: "phase-bars"}, phaseBars(names, shown)),
      foldedTable(
          "Values",
          () => table(
              [
                {title: "", head: true}, {title: "Payments", number: true},
                ...names.map(title => ({title: title + ", ms", number: true})), {title: "Sum, ms", number: true}
              ],
              shown.map(
                  group =>
                      [group.name, number(group.count), ...group.means_ms.map(number),
                       number(group.means_ms.reduce((a, b) => a + b, 0))]))));
  phasesOverTime(made, names);
}

function phaseBars(names, groups) {
  const narrow = innerWidth < 640;
  const width = narrow ? 400 : 1000, left = narrow ? 118 : 190, right = 70, row = 26;
  const sums = groups.map(group => group.means_ms.reduce((a, b) => a + b, 0));
  const scale = (width - left - right) / Math.max(...sums, 1e-9);
  let y = 0, last = "all";
  const parts = groups.map((group, at) => {
    if (group.group !== last) y += 12;
    last = group.group;
    let x = left;
    const bars = names.map((name, phase) => {
      const ms = group.means_ms[phase], from = x;
      x += ms * scale;
      return ms > 0 ?
          element(
              "svg:rect",
              {x: from, y: y + 3, width: Math.max(0.5, ms * scale), height: row - 8, fill: `var(--${kPhaseColours[name]})`},
              element("svg:title", {}, `${group.name}: ${name} ${number(ms)} ms`)) :
          null;
    });
    const drawn = [
      element("svg:text", {x: left - 8, y: y + 17, "text-anchor": "end", "font-size": 13}, group.name), ...bars,
      element("svg:text", {x: x + 6, y: y + 17, "font-size": 13}, number(sums[at]) + " ms")
    ];
    y += row;
    return drawn;
  });
  return element(
      "svg:svg",
      {viewBox: `0 0 ${width} ${y + 4}`, role: "img", "aria-label": "Mean latency by phase; the table below holds the numbers"},
      parts.flat());
}

// Bands stacked upwards, one plot on the common time axis.
function phasesOverTime(made, names) {
  const over = data.phases.over_time, from = data.timeline.from_s;
  if (over.length < 2 || !over.some(means => means !== null)) return;
  const stacked = means => {
    let sum = 0;
    return means === null ? names.map(() => null) : means.map(ms => sum += ms);
  };
  const rows = from.map((x, at) => [x, ...stacked(over[at])]);
  const top = Math.max(...rows.map(row => row[row.length - 1] || 0));
  const plot = makePlot({
    id: "phases-over-time",
    title: "Over time",
    unit: "ms, mean of payments by date of answer",
    labels: names,
    colours: names.map(name => kPhaseColours[name]),
    rows: closed(rows),
    rowsMeant: rows.length,
    xTitle: "From, s",
    xText: seconds,
    tall: true,
    onDraw: linkZoom,
    onHover: linkHover,
    onKey: (which, key) => key === "0" ? zoomTo([0, result.simulated_s]) : zoomBy(key === "+" ? 0.5 : 2),
    underlay: boundMeasured,
    options: {
      dateWindow: timeWindow,
      valueRange: [0, top * 1.08 || 1],
      stepPlot: true,
      strokeWidth: 0,
      highlightCircleSize: 2,
      plotter: event => {
        if (event.seriesIndex === 0) stackPlotter(event, names);
      },
      axes: {
        x: {axisLabelFormatter: value => number(Number(value.toFixed(6))) + " s"},
        y: {axisLabelFormatter: value => number(Number(value.toPrecision(6))), axisLabelWidth: kAxisWidth - 12}
      },
      zoomCallback: (left, right) => zoomTo([left, right]),
    },
  });
  made.append(plot.figure);
  timePlots.push(plot);
  drawPlot(plot);
}

function stackPlotter(event, names) {
  const context = event.drawingContext, graph = event.dygraph, area = event.plotArea;
  const over = data.phases.over_time, from = data.timeline.from_s,
        width = data.timeline.interval_s * data.timeline.rows_per_point;
  const [start, stop] = graph.xAxisRange();
  from.forEach((x, at) => {
    if (over[at] === null || x + width < start || x > stop) return;
    const left = Math.round(domX(graph, x)), right = Math.round(domX(graph, Math.min(x + width, result.simulated_s)));
    let sum = 0;
    over[at].forEach((ms, phase) => {
      const low = graph.toDomYCoord(sum), high = graph.toDomYCoord(sum += ms);
      context.fillStyle = colour(kPhaseColours[names[phase]]);
      context.fillRect(left, Math.max(area.y, high), Math.max(1, right - left), low - high);
    });
  });
}
