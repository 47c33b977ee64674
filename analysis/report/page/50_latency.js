// The distribution of latency, and of its tail: logarithmic axes, with the quantiles that result.json states.
const kQuantiles = [["p50", 0.5], ["p90", 0.9], ["p99", 0.99], ["p999", 0.999]];

function latencySection() {
  if (!data.curves.length) return;
  const groups = {};
  for (const curve of data.curves) (groups[curve.group] = groups[curve.group] || []).push(curve);
  const views = [["All payments", groups.all]];
  if ((groups.kind || []).length > 1) views.push(["By kind", groups.kind]);
  if ((groups.region || []).length > 1) views.push(["By region of the payer", groups.region]);
  for (const curve of [...(groups.kind || []), ...(groups.region || [])])
    if (views.length > 1) views.push([(curve.group === "kind" ? "Kind: " : "Region: ") + curve.name, [curve]]);
  const holder = element("div", {});
  section(
      "distribution", "How long a payment takes", "Latency",
      element(
          "p", {class: "note"},
          "Committed payments of the measured window, from intended start to answer. Left: the share that took at most " +
              "so long. Right: the share that took longer, where each step down is a rarer payment. Marks are quantiles, " +
              "those of all payments and of kinds as result.json has them."),
      views.length > 1 ?
          element(
              "div", {class: "controls"}, choice("Show", views.map(view => view[0]), at => showCurves(holder, views[at][1]))) :
          null,
      holder);
  showCurves(holder, views[0][1]);
}

function showCurves(holder, curves) {
  // Beyond seven lines no colour tells them apart: those with most payments are drawn, all are in the table.
  const drawn = [...curves].sort((a, b) => b.count - a.count).slice(0, 7);
  window.paygridReport.plots = window.paygridReport.plots.filter(plot => !["cdf", "ccdf"].includes(plot.spec.id));
  const cdf = makePlot(curveSpec("cdf", "Took at most", "share of payments", drawn));
  const ccdf = makePlot(curveSpec("ccdf", "Took longer", "share of payments, logarithmic", drawn));
  holder.replaceChildren(
      element("div", {class: "two"}, cdf.figure, ccdf.figure),
      drawn.length < curves.length ? element("p", {class: "note"}, `Drawn are the ${drawn.length} with most payments.`) : "",
      table(
          [
            {title: "", head: true}, {title: "Payments", number: true},
            ...["p50", "p90", "p99", "p99.9", "max"].map(title => ({title: title + ", ms", number: true}))
          ],
          curves.map(
              curve =>
                  [curve.name, number(curve.count),
                   ...["p50", "p90", "p99", "p999", "max"].map(name => number(curve.quantiles_ms[name]))])));
  drawPlot(cdf);
  drawPlot(ccdf);
}

const kCurveColours = ["blue", "vermillion", "green", "orange", "purple", "sky", "faint"];

function curveSpec(id, title, unit, curves) {
  const tail = id === "ccdf";
  const rarest = Math.min(...curves.map(curve => 1 / curve.count));
  const none = tail ? rarest / 100 : 0;  // a logarithmic axis has no place for nobody
  const shareOf = (rank, count) => !tail ? rank / count : rank === count ? none : 1 - rank / count;
  const all = curves.flatMap(curve => curve.points.map(point => Math.max(point[0], 1e-3)));
  const first = Math.min(...all), last = Math.max(...all);
  const ends = first < last ? [first / 1.15, last * 1.15] : [first / 2, last * 2];
  const index = new Map([[ends[0], curves.map(() => tail ? 1 : 0)]]);
  curves.forEach((curve, at) => {
    for (const [ms, rank] of curve.points) {
      const x = Math.max(ms, 1e-3);
      if (!index.has(x)) index.set(x, new Array(curves.length).fill(null));
      index.get(x)[at] = shareOf(rank, curve.count);
    }
  });
  const rows = [...index.keys()].sort((a, b) => a - b).map(x => [x, ...index.get(x)]);
  if (curves.length > 1) fillBetween(rows, curves.length);
  return {
    id,
    title,
    unit,
    tall: true,
    rows,
    labels: curves.map(curve => curve.name),
    colours: curves.map((curve, at) => kCurveColours[at]),
    dashes: curves.map((curve, at) => at > 2 ? [[7, 3], [2, 3], [7, 3, 2, 3], [4, 4]][at - 3] : null),
    xTitle: "Latency, ms",
    xText: value => number(value) + " ms",
    valueText: value => value === null ? "–" :
        value <= none                  ? "0 %" :
                                         Number((value * 100).toPrecision(4)) + " %",
    underlay: (context, area, graph) => markQuantiles(context, area, graph, curves, tail),
    options: {
      stepPlot: true,
      connectSeparatedPoints: true,
      logscale: tail,
      dateWindow: ends,
      valueRange: tail ? [Math.max(rarest / 1.5, 1e-9), 1.2] : [0, 1.03],
      axes: {
        x: {logscale: true, ticker: logTicks, axisLabelFormatter: value => number(value) + " ms", axisLabelWidth: 64},
        y: {
          axisLabelFormatter: value => Number((value * 100).toPrecision(6)) + " %",
          axisLabelWidth: kAxisWidth - 12,
          ...(tail ? {ticker: decadeTicks} : {})
        }
      },
    },
  };
}

// Between its points a step keeps its last value, so that hovering one curve tells all.
function fillBetween(rows, count) {
  for (let at = 1; at <= count; ++at) {
    let last = null;
    const end = rows.reduce((found, row, index) => row[at] === null ? found : index, -1);
    rows.forEach((row, index) => {
      if (row[at] === null && index < end)
        row[at] = last;
      else if (row[at] !== null)
        last = row[at];
    });
  }
}

// Ticks at 1, 2, 5 of each decade, or at decades where that is too many.
function logTicks(a, b, pixels) {
  const ticks = [], decades = Math.log10(b / a);
  const steps = decades * 3 * 56 < pixels ? [1, 2, 5] : [1];
  for (let power = Math.floor(Math.log10(a)); power <= Math.ceil(Math.log10(b)); ++power)
    for (const step of steps) {
      const v = step * Math.pow(10, power);
      if (v >= a && v <= b) ticks.push({v, label: number(Number(v.toPrecision(3))) + " ms"});
    }
  if (ticks.length < 2) {
    ticks.length = 0;
    for (const share of [0.1, 0.5, 0.9]) {
      const v = Number((a * Math.pow(b / a, share)).toPrecision(3));
      ticks.push({v, label: number(v) + " ms"});
    }
  }
  return ticks;
}
function decadeTicks(a, b) {
  const ticks = [];
  for (let power = Math.ceil(Math.log10(a)); power <= 0; ++power) {
    const v = Math.pow(10, power);
    ticks.push({v, label: Number((v * 100).toPrecision(3)) + " %"});
  }
  return ticks;
}

function markQuantiles(context, area, graph, curves, tail) {
  if (curves.length !== 1) return;
  context.save();
  context.font = "12px " + getComputedStyle(document.body).fontFamily;
  context.setLineDash([3, 3]);
  let free = area.x;
  for (const [name, share] of kQuantiles) {
    const ms = curves[0].quantiles_ms[name];
    if (ms === null || (tail && 1 - share < 1 / curves[0].count)) continue;
    const x = domX(graph, ms), y = graph.toDomYCoord(tail ? 1 - share : share);
    if (!(x >= area.x && x <= area.x + area.w)) continue;
    context.strokeStyle = colour("faint");
    context.beginPath();
    context.moveTo(x, area.y + area.h);
    context.lineTo(x, y);
    context.stroke();
    context.fillStyle = colour("faint");
    const text = name === "p999" ? "p99.9" : name, width = context.measureText(text).width;
    const left = Math.min(x + 4, area.x + area.w - width);
    const low = left < free;
    context.fillText(text, left, area.y + area.h - (low ? 20 : 6));
    free = low ? free : left + width + 4;
  }
  context.restore();
}
