// One plot: a dygraph with its legend, its hover values, and its numbers as a table.
const kAxisWidth = 62;

// spec: {id, title, unit, labels, colours, dashes?, rows, tall?, bars?, onDraw?, underlay?, options?, xTitle, xText,
// valueText?} rows: [[x, y...]], with bars: y = [low, value, high].
function makePlot(spec) {
  const canvas = element("div", {
    class: "canvas" + (spec.tall ? " tall" : ""),
    tabindex: 0,
    role: "img",
    "aria-label":
        spec.title + (spec.unit ? ", " + spec.unit : "") + ". Arrow keys move through the values; the table below holds them."
  });
  const values = element("div", {class: "values", "aria-live": "off"});
  const figure = element(
      "figure", {class: "plot", id: spec.id},
      element(
          "figcaption", {}, element("b", {}, spec.title), spec.unit ? element("span", {class: "unit"}, spec.unit) : null,
          values),
      canvas, foldedTable("Values", () => plotTable(spec)));
  figure.style.margin = "0 0 1.1rem";
  return {spec, figure, canvas, values, graph: null};
}

function plotTable(spec) {
  const text = spec.valueText || number;
  return table(
      [{title: spec.xTitle, number: true}, ...spec.labels.map(title => ({title, number: true}))],
      spec.rows.slice(0, spec.rowsMeant)
          .map(row => [spec.xText(row[0]), ...row.slice(1).map(cell => text(Array.isArray(cell) ? cell[1] : cell))]));
}

// dygraphs' own toDomXCoord knows no logarithmic axis.
function domX(graph, x) {
  const area = graph.getArea();
  return area.x + graph.toPercentXCoord(x) * area.w;
}

// Draws it; the figure must stand in the document.
function drawPlot(plot) {
  const {spec} = plot;
  plot.graph = new Dygraph(plot.canvas, spec.rows, {
    labels: ["x", ...spec.labels],
    axisLabelWidth: kAxisWidth - 12,
    axisLabelFontSize: 12,
    rightGap: 12,
    yLabelWidth: 0,
    highlightCircleSize: 3,
    strokeWidth: 1.6,
    customBars: Boolean(spec.bars),
    fillAlpha: 0.22,
    legend: "never",
    showLabelsOnHighlight: false,
    animatedZooms: false,
    ...plotColours(spec),
    highlightCallback: (event, x, points, row) => {
      showValues(plot, row);
      if (spec.onHover) spec.onHover(plot, row);
    },
    unhighlightCallback: () => {
      showValues(plot, -1);
      if (spec.onHover) spec.onHover(plot, -1);
    },
    drawCallback: (graph, initial) => {
      if (spec.onDraw) spec.onDraw(plot, graph, initial);
    },
    underlayCallback: (context, area, graph) => {
      if (spec.underlay) spec.underlay(context, area, graph);
    },
    ...spec.options,
  });
  showValues(plot, -1);
  let row = -1;
  plot.canvas.addEventListener("keydown", event => {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (step) {
      row = Math.max(0, Math.min(spec.rows.length - 1, row + step * (event.shiftKey ? 10 : 1)));
      plot.graph.setSelection(row);
      showValues(plot, row);
      if (spec.onHover) spec.onHover(plot, row);
      event.preventDefault();
    }
    if (event.key === "Escape") {
      plot.graph.clearSelection();
      showValues(plot, -1);
      row = -1;
    }
    if ("+-0".includes(event.key) && spec.onKey) spec.onKey(plot, event.key);
  });
  repaints.push(() => plot.graph.updateOptions(plotColours(spec)));
  window.paygridReport.plots.push(plot);
}

function plotColours(spec) {
  const series = {};
  spec.labels.forEach((label, at) => {
    series[label] = {
      color: colour(spec.colours[at]),
      ...(spec.dashes && spec.dashes[at] ? {strokePattern: spec.dashes[at]} : {}),
      ...(spec.series && spec.series[label])
    };
  });
  return {series, gridLineColor: colour("grid"), axisLineColor: colour("line")};
}

function showValues(plot, row) {
  const {spec} = plot;
  const text = spec.valueText || number;
  const parts = spec.labels.map((label, at) => {
    const cell = row >= 0 && spec.rows[row] ? spec.rows[row][at + 1] : undefined;
    const shown = cell === undefined ? label :
                                       label + " " +
            (Array.isArray(cell) ?
                 text(cell[1]) + (cell[0] !== cell[2] && cell[0] !== null ? ` (${text(cell[0])} to ${text(cell[2])})` : "") :
                 text(cell));
    const dashed = spec.dashes && spec.dashes[at];
    return element(
        "span", {},
        element("span", {class: "swatch" + (dashed ? " dashed" : ""), style: `border-color: var(--${spec.colours[at]})`}),
        shown);
  });
  const x = row >= 0 && spec.rows[row] ? element("span", {class: "unit"}, spec.xText(spec.rows[row][0])) : null;
  plot.values.replaceChildren(...(x ? [x] : []), ...parts);
}

// Where a value of the x axis stands, in pixels of the page; for tests and for the strip of faults.
window.paygridReport.xOf = (id, x) => {
  const plot = window.paygridReport.plots.find(other => other.spec.id === id);
  return plot.canvas.getBoundingClientRect().left + domX(plot.graph, x);
};
