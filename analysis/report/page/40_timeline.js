// The run over time: plots with one common axis, the windows of faults shaded in each and named in a strip above them.
const faults = result.faults.rows.map(row => ({...row, to_s: row.ended_s === null ? result.simulated_s : row.ended_s}));
const timePlots = [];
let timeWindow = [0, result.simulated_s];

const kTimePlots = [
  {
    id: "throughput",
    title: "Throughput",
    unit: "payments per second, by outcome",
    columns: ["committed", "aborted", "gave_up", "submitted"],
    labels: ["committed", "aborted", "gave up", "submitted"],
    colours: ["blue", "vermillion", "purple", "faint"],
    dashes: [null, null, null, [5, 4]],
    fromZero: true
  },
  {
    id: "latency",
    title: "Latency",
    unit: "ms, logarithmic, committed payments by date of answer",
    columns: ["latency_p50_ms", "latency_p90_ms", "latency_p99_ms", "latency_max_ms"],
    labels: ["p50", "p90", "p99", "max"],
    colours: ["blue", "green", "orange", "vermillion"],
    dashes: [null, null, [7, 3], [2, 3]],
    log: true
  },
  {
    id: "in-doubt",
    title: "In doubt",
    unit: "transactions at the end of each interval",
    columns: ["in_doubt"],
    labels: ["in doubt"],
    colours: ["purple"],
    fromZero: true
  },
  {
    id: "frozen",
    title: "Frozen money",
    unit: "EUR held by transactions in doubt",
    columns: ["frozen_money"],
    labels: ["frozen money"],
    colours: ["orange"],
    fromZero: true
  },
  {
    id: "availability",
    title: "Availability",
    unit: "share of payments submitted in each interval that were answered in time, with its 95 % credible band",
    columns: ["availability"],
    labels: ["availability"],
    colours: ["green"],
    share: true
  },
  {
    id: "queues",
    title: "Longest queue",
    unit: "of any node: messages waiting or in service; records not yet durable",
    columns: ["cpu_queue_max", "disk_queue_max"],
    labels: ["processor", "disk"],
    colours: ["blue", "orange"],
    fromZero: true
  },
  {
    id: "clocks",
    title: "Clocks",
    unit: "ms, nodes against true time",
    columns: ["clock_offset_max_ms", "clock_offset_min_ms"],
    labels: ["most ahead", "most behind"],
    colours: ["vermillion", "blue"],
    unlessZero: true
  },
  {
    id: "locks",
    title: "Locks of the service",
    unit: "locks",
    columns: ["locks_owned", "locks_believed", "locks_waited_for"],
    labels: ["owned", "believed in", "waited for"],
    colours: ["blue", "green", "orange"],
    fromZero: true,
    unlessZero: true
  },
  {
    id: "zombies",
    title: "Belief without ownership",
    unit: "locks that somebody believes in and does not own",
    columns: ["locks_unfounded"],
    labels: ["unfounded"],
    colours: ["vermillion"],
    fromZero: true,
    unlessZero: true
  },
];

function timelineSection() {
  const {series, from_s: from, interval_s: interval, rows_per_point: merged} = data.timeline;
  if (!from.length) return;
  const made = section(
      "timeline", "Timeline", "Timeline",
      element(
          "p", {class: "note"},
          "A point is " + seconds(interval * merged) + " of the run" +
              (merged > 1 ?
                   ", " + merged + " intervals: a line is their median (of rates the mean), its band reaches from their " +
                       "least to their greatest" :
                   "") +
              ". Dotted lines bound the measured window. Drag to zoom all plots, double-click to reset; arrow " +
              "keys move through the values."),
      element(
          "div", {class: "controls"},
          element("button", {type: "button", id: "zoom-in", on: {click: () => zoomBy(0.5)}}, "Zoom in"),
          element("button", {type: "button", id: "zoom-out", on: {click: () => zoomBy(2)}}, "Zoom out"),
          element("button", {type: "button", id: "zoom-all", on: {click: () => zoomTo([0, result.simulated_s])}}, "Whole run"),
          faults.length ? choice("Zoom to", ["a fault", ...faults.map(fault => fault.description)], at => {
            if (at > 0) zoomToFault(faults[at - 1]);
          }) : null));
  const strip = element("div", {class: "strip", id: "fault-strip"});
  if (faults.length) made.append(strip);
  for (const spec of kTimePlots) {
    const present = spec.columns.map((name, at) => ({name, at}))
                        .filter(({name}) => series[name] && series[name].value.some(value => value !== null));
    if (!present.length || (spec.unlessZero && present.every(({name}) => series[name].value.every(value => !value)))) continue;
    // An outcome that never happened is no line at the bottom of the plot.
    const shown = present.filter(({name}) => name !== "gave_up" || series[name].value.some(value => value > 0));
    const plot = makePlot(timePlotSpec(spec, shown, series, from, merged));
    timePlots.push(plot);
    made.append(plot.figure);
  }
  timePlots.forEach(drawPlot);
  paintStrip();
  addEventListener("resize", paintStrip);
  repaints.push(paintStrip);
}

function timePlotSpec(spec, shown, series, from, merged) {
  const bars = shown.every(({name}) => series[name].low);
  const cell = (name, at) =>
      bars ? [series[name].low[at], series[name].value[at], series[name].high[at]] : series[name].value[at];
  const tops = shown.flatMap(({name}) => (bars ? series[name].high : series[name].value)).filter(value => value !== null);
  const lows = shown.flatMap(({name}) => (bars ? series[name].low : series[name].value)).filter(value => value > 0);
  const top = Math.max(...tops);
  const range = spec.share ? [Math.min(0.9, ...lows) - 0.02, 1.02] :
      spec.fromZero        ? [0, top > 0 ? top * 1.08 : 1] :
      spec.log             ? [Math.min(...lows) / 1.3, top * 1.3] :
                             null;
  return {
    id: spec.id,
    title: spec.title,
    unit: spec.unit,
    bars,
    labels: shown.map(({at}) => spec.labels[at]),
    colours: shown.map(({at}) => spec.colours[at]),
    dashes: spec.dashes ? shown.map(({at}) => spec.dashes[at]) : null,
    rows: closed(from.map((x, at) => [x, ...shown.map(({name}) => cell(name, at))])),
    rowsMeant: from.length,
    xTitle: "From, s",
    xText: seconds,
    valueText: spec.share ? percent : number,
    underlay: shadeFaults,
    onDraw: linkZoom,
    onHover: linkHover,
    onKey: (plot, key) => key === "0" ? zoomTo([0, result.simulated_s]) : zoomBy(key === "+" ? 0.5 : 2),
    options: {
      ...timePlotOptions(spec.share, range),
      logscale: Boolean(spec.log),
      zoomCallback: (left, right) => zoomTo([left, right]),
    },
  };
}

// Of any plot over the whole run.
function timePlotOptions(share, range) {
  return {
    dateWindow: [0, result.simulated_s],
    valueRange: range,
    stepPlot: true,
    connectSeparatedPoints: false,
    axes: {
      x: {axisLabelFormatter: value => number(Number(value.toFixed(6))) + " s", valueFormatter: seconds},
      y: {
        axisLabelFormatter: value => share ? percent(Number(value.toFixed(6))) : number(Number(value.toPrecision(6))),
        axisLabelWidth: kAxisWidth - 12
      }
    }
  };
}

// A step lasts to the end of its interval, the last one to the end of the run.
function closed(rows) {
  return [...rows, [result.simulated_s, ...rows[rows.length - 1].slice(1)]];
}

function shadeFaults(context, area, graph) {
  boundMeasured(context, area, graph);
  for (const fault of faults) {
    const left = Math.max(area.x, domX(graph, fault.began_s)), right = Math.min(area.x + area.w, domX(graph, fault.to_s));
    if (right < area.x || left > area.x + area.w) continue;
    context.fillStyle = colour("fault");
    context.fillRect(left, area.y, Math.max(1, right - left), area.h);
  }
}

function boundMeasured(context, area, graph) {
  if (!result.window) return;
  context.save();
  context.strokeStyle = colour("faint");
  context.setLineDash([2, 4]);
  for (const bound of [result.window.measured_from_s, result.window.measured_to_s]) {
    const x = Math.round(domX(graph, bound)) + 0.5;
    if (bound <= 0 || bound >= result.simulated_s || x < area.x || x > area.x + area.w) continue;
    context.beginPath();
    context.moveTo(x, area.y);
    context.lineTo(x, area.y + area.h);
    context.stroke();
  }
  context.restore();
}

let linking = false;
function zoomTo(window) {
  const whole = result.simulated_s, least = Math.min(whole, data.timeline.interval_s * 2);
  const width = Math.min(whole, Math.max(least, window[1] - window[0]));
  const left = Math.max(0, Math.min(whole - width, (window[0] + window[1] - width) / 2));
  timeWindow = [left, left + width];
  linking = true;
  for (const plot of timePlots) plot.graph.updateOptions({dateWindow: timeWindow});
  linking = false;
  paintStrip();
}
function zoomBy(factor) {
  const middle = (timeWindow[0] + timeWindow[1]) / 2, half = (timeWindow[1] - timeWindow[0]) / 2 * factor;
  zoomTo([middle - half, middle + half]);
}
function zoomToFault(fault) {
  const margin = Math.max(fault.to_s - fault.began_s, 2 * data.timeline.interval_s);
  zoomTo([fault.began_s - margin / 2, fault.to_s + margin]);
}
// A pan, or a double click, which sets the window to none.
function linkZoom(plot, graph, initial) {
  if (linking || initial) return;
  const [left, right] = graph.xAxisRange();
  if (Math.abs(left - timeWindow[0]) + Math.abs(right - timeWindow[1]) > 1e-9 * result.simulated_s) zoomTo([left, right]);
}
function linkHover(source, row) {
  for (const plot of timePlots) {
    if (plot === source) continue;
    if (row < 0)
      plot.graph.clearSelection();
    else
      plot.graph.setSelection(row);
    showValues(plot, row);
  }
}

// Rows of the strip: faults that overlap stand below one another.
function stripRows() {
  const ends = [];
  return faults.map(fault => {
    let row = ends.findIndex(end => end <= fault.began_s);
    if (row < 0) row = ends.length;
    ends[row] = fault.to_s;
    return row;
  });
}
const kStripRowHeight = 22, kStripRowsMax = 8;

function paintStrip() {
  const strip = document.getElementById("fault-strip");
  if (!strip || !timePlots.length) return;
  const graph = timePlots[0].graph, area = graph.getArea(), width = timePlots[0].canvas.clientWidth;
  const rows = stripRows().map(row => row % kStripRowsMax);
  const height = kStripRowHeight * (Math.max(...rows) + 1);
  const bars = faults.map((fault, at) => {
    const from = domX(graph, fault.began_s), to = domX(graph, fault.to_s);
    const left = Math.max(area.x, from), right = Math.min(area.x + area.w, to), y = rows[at] * kStripRowHeight;
    if (right < area.x || left > area.x + area.w) return null;
    const room = fault.description.length * 7 + 10;
    const beside = right - left < room;
    const onTheLeft = beside && right + room > area.x + area.w;
    return element(
        "svg:g", {}, element("svg:rect", {
          class: "fault",
          "data-fault": fault.fault,
          x: left,
          y: y + 2,
          width: Math.max(1, right - left),
          height: kStripRowHeight - 5,
          fill: "var(--fault)",
          stroke: "var(--fault-edge)",
          "stroke-width": 1
        }),
        element(
            "svg:text", {
              x: !beside    ? left + 5 :
                  onTheLeft ? left - 5 :
                              right + 5,
              y: y + 15,
              "font-size": 12,
              fill: "var(--text)",
              "text-anchor": onTheLeft ? "end" : "start"
            },
            fault.description),
        element(
            "svg:title", {},
            `${fault.description}: ${seconds(fault.began_s)} to ${
                fault.ended_s === null ? "the end" : seconds(fault.ended_s)}`));
  });
  strip.replaceChildren(element(
      "svg:svg", {
        width,
        height,
        viewBox: `0 0 ${width} ${height}`,
        role: "img",
        "aria-label": "Faults: " +
            faults.map(fault => `${fault.description} from ${seconds(fault.began_s)} to ${seconds(fault.to_s)}`).join("; ")
      },
      bars));
}
