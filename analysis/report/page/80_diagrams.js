// Pictures: a circle of waits, and space-time diagrams of the payments that stand for the run: what failed first, what was slowest. A
// picture brings its own style, which a shadow root keeps to itself.
const kDiagramStyle =
    "svg { display: block; margin: 0 auto; } @media print { svg { max-width: 100%; max-height: 225mm; height: auto; } }";

// Shows an SVG in its own shadow.
function showDrawing(shadow, svg) {
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  shadow.replaceChildren(element("style", {}, kDiagramStyle), document.importNode(drawing, true));
}

// The first circle of waits that violates the rule, or else the first that the policy cut.
function circleSection() {
  if (!data.circle) return;
  const circles = result.circular_waits;
  const holder = element("div", {class: "diagram", id: "circle", tabindex: 0, role: "region", "aria-label": "Circle of waits"});
  section(
      "deadlocks", "Payments that waited for each other", "Deadlocks",
      element(
          "p", {class: "note"},
          plural(circles.closed, "circle") + " of waits closed, " + circles.cut + " cut by the policy, " + circles.timed_out +
              " ended by a time-out; the longest stood " + number(circles.longest_ms) + " ms. An arrow leads from a payment to the " +
              "one that it waits for; a dashed one to a payment that only stands ahead in the queue."),
      holder);
  showDrawing(holder.attachShadow({mode: "open"}), data.circle);
}

function diagramsSection() {
  if (!data.diagrams.length) return;
  const holder =
      element("div", {class: "diagram", id: "diagram", tabindex: 0, role: "region", "aria-label": "Space-time diagram"});
  const count = element("p", {class: "note", id: "diagram-messages", "aria-live": "polite"});
  const shadow = holder.attachShadow({mode: "open"});
  const show = at => {
    count.textContent = plural(data.diagrams[at].messages, "message") +
        ". A column is a process, time runs downwards, an arrow is a message; " +
        "rounds that are alike are drawn once.";
    showDrawing(shadow, data.diagrams[at].svg);
  };
  const title = diagram => `payment ${diagram.payment}: ${diagram.why}`;
  section(
      "diagrams", "What happened to one payment", "Diagrams",
      element("div", {class: "controls"}, choice("Payment", data.diagrams.map(title), show)), count, holder);
  show(0);
}
