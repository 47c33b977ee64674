// Regions as a map whose distances are round-trip times. The places come with the data; labels are moved apart here.
const kMapLinksLabelled = 15;

function worldSection() {
  if (!data.map) return;
  const {regions, links, stress} = data.map;
  const one = regions.length === 1;
  section(
      "world", "The world", "World",
      element(
          "p", {class: "note"},
          one ? "One region: " + regions[0].name + ", " + plural(regions[0].nodes, "node") + "." :
                "Distances are round-trip times, laid into the plane by multidimensional scaling (Torgerson " +
                  "1952); they are off by " + percent(Number(stress.toPrecision(2))) +
                  " in the root mean square. A disc's area is its number of nodes" +
                  (links.length > kMapLinksLabelled ? "; each region is linked to its three nearest." : ".")),
      one ? null : element("div", {class: "map", id: "map"}, mapSvg(regions, links)),
      one ? null :
            foldedTable(
                "All round trips",
                () => table(
                    [{title: "Between", head: true}, {title: "and", head: true}, {title: "Round trip, ms", number: true}], [
                      ...links
                    ].sort((a, b) => a.ms - b.ms).map(link => [regions[link.a].name, regions[link.b].name, number(link.ms)]))));
}

function nearestLinks(regions, links) {
  if (links.length <= kMapLinksLabelled) return links;
  const kept = new Set();
  for (let at = 0; at < regions.length; ++at)
    links.filter(link => link.a === at || link.b === at)
        .sort((a, b) => a.ms - b.ms)
        .slice(0, 3)
        .forEach(link => kept.add(link));
  return links.filter(link => kept.has(link));
}

function mapSvg(regions, links) {
  const narrow = innerWidth < 640;
  const width = narrow ? 400 : 960, margin = narrow ? 60 : 110;
  const span = key => {
    const all = regions.map(region => region[key]);
    return [Math.min(...all), Math.max(...all)];
  };
  const [x0, x1] = span("x"), [y0, y1] = span("y");
  const scale = Math.min((width - 2 * margin) / (x1 - x0 || 1), (narrow ? 420 : 520) / (y1 - y0 || 1e-9));
  const height = Math.max(140, (y1 - y0) * scale + 110);
  const at = regions.map(region => ({
                           x: width / 2 + (region.x - (x0 + x1) / 2) * scale,
                           y: height / 2 - (region.y - (y0 + y1) / 2) * scale,
                           r: 5 + 3 * Math.sqrt(region.nodes)
                         }));
  const drawn = nearestLinks(regions, links);
  const labelled = links.length <= kMapLinksLabelled;
  const slowest = Math.max(...links.map(link => link.ms), 1e-9);
  const taken = at.map(place => ({x: place.x - place.r, y: place.y - place.r, w: 2 * place.r, h: 2 * place.r}));
  const crossed = drawn.flatMap(link => stepsAlong(at[link.a], at[link.b]));
  const names = regions.map((region, index) => nameLabel(region, at[index], taken, crossed, width));
  return element(
      "svg:svg", {
        viewBox: `0 0 ${width} ${height.toFixed(0)}`,
        role: "img",
        "aria-label": plural(regions.length, "region") + " by round-trip time; the table below lists them"
      },
      drawn.map(
          link => element(
              "svg:line", {
                x1: at[link.a].x,
                y1: at[link.a].y,
                x2: at[link.b].x,
                y2: at[link.b].y,
                stroke: "var(--sky)",
                "stroke-width": labelled ? 1.75 : 1,
                "stroke-opacity": labelled ? 0.9 : (0.75 - 0.45 * link.ms / slowest).toFixed(2)
              },
              element("svg:title", {}, `${regions[link.a].name} – ${regions[link.b].name}: ${number(link.ms)} ms`))),
      labelled ? drawn.map(link => roundTripLabel(link, at, taken)) : [],
      at.map(
          (place, index) => element(
              "svg:circle",
              {cx: place.x, cy: place.y, r: place.r, fill: "var(--blue)", stroke: "var(--ground)", "stroke-width": 2},
              element("svg:title", {}, `${regions[index].name}: ${plural(regions[index].nodes, "node")}`))),
      names, scaleBar(scale, height));
}

const overlaps = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const covered = (box, taken) => taken.reduce((sum, other) => sum + (overlaps(box, other) ? 1 : 0), 0);

// Small boxes along a link.
function stepsAlong(a, b) {
  const steps = Math.max(2, Math.ceil(Math.hypot(b.x - a.x, b.y - a.y) / 6));
  return Array.from(
      {length: steps + 1},
      (none, step) => ({x: a.x + (b.x - a.x) * step / steps - 1, y: a.y + (b.y - a.y) * step / steps - 1, w: 2, h: 2}));
}

// The place around the disc that covers least: other names weigh most, then the edge, then links.
function nameLabel(region, place, taken, crossed, width) {
  const w = region.name.length * 7.3 + 4, h = 16, gap = place.r + 4;
  const spots = [];
  for (const far of [0, 12, 26])
    for (const [dx, dy, anchor] of [
             [gap + far, 4, "start"], [-gap - far, 4, "end"], [0, -gap - 2 - far, "middle"], [0, gap + 12 + far, "middle"],
             [gap, -10 - far, "start"], [-gap, -10 - far, "end"], [gap, 18 + far, "start"], [-gap, 18 + far, "end"]]) {
      const x = place.x + dx, y = place.y + dy;
      const left = anchor === "start" ? x : anchor === "end" ? x - w : x - w / 2;
      spots.push({x, y, anchor, box: {x: left, y: y - 12, w, h}, outside: left < 0 || left + w > width ? 5 : 0});
    }
  const weight = spot => 10 * covered(spot.box, taken) + 4 * spot.outside + 0.4 * covered(spot.box, crossed);
  const best = spots.reduce((a, b) => weight(b) < weight(a) ? b : a);
  taken.push(best.box);
  return element("svg:text", {class: "name", x: best.x, y: best.y, "text-anchor": best.anchor, "font-size": 13}, region.name);
}

// On its link: at the first spot that is free.
function roundTripLabel(link, at, taken) {
  const text = number(link.ms) + " ms", w = text.length * 6.6 + 6;
  const a = at[link.a], b = at[link.b];
  const spots = [0.5, 0.42, 0.58, 0.35, 0.65, 0.28, 0.72].map(share => {
    const x = a.x + (b.x - a.x) * share, y = a.y + (b.y - a.y) * share;
    return {x, y, box: {x: x - w / 2, y: y - 8, w, h: 16}};
  });
  const best = spots.reduce((p, q) => covered(q.box, taken) < covered(p.box, taken) ? q : p);
  taken.push(best.box);
  return element(
      "svg:g", {}, element("svg:rect", {...{x: best.box.x, y: best.box.y}, width: w, height: 16, fill: "var(--ground)"}),
      element("svg:text", {class: "ms", x: best.x, y: best.y + 4, "text-anchor": "middle", "font-size": 12}, text));
}

function scaleBar(scale, height) {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
  const ms = steps.filter(step => step * scale <= 160).pop() || 1;
  return element(
      "svg:g", {}, element("svg:path", {d: `M12 ${height - 18}v6h${ms * scale}v-6`, fill: "none", stroke: "var(--faint)"}),
      element("svg:text", {class: "ms", x: 12, y: height - 24, "font-size": 12}, number(ms) + " ms round trip"));
}
