// Space-time diagrams of the payments that stand for the run: what failed first, what was slowest. A diagram brings its own
// style, which a shadow root keeps to itself.
const kDiagramStyle =
    "svg { display: block; margin: 0 auto; } @media print { svg { max-width: 100%; max-height: 225mm; height: auto; } }";

function diagramsSection() {
  if (!data.diagrams.length) return;
  const holder =
      element("div", {class: "diagram", id: "diagram", tabindex: 0, role: "region", "aria-label": "Space-time diagram"});
  const count = element("p", {class: "note", id: "diagram-messages", "aria-live": "polite"});
  const shadow = holder.attachShadow({mode: "open"});
  const show = at => {
    const drawing = new DOMParser().parseFromString(data.diagrams[at].svg, "image/svg+xml").documentElement;
    count.textContent = plural(data.diagrams[at].messages, "message") +
        ". A column is a process, time runs downwards, an arrow is a message; " +
        "rounds that are alike are drawn once.";
    shadow.replaceChildren(element("style", {}, kDiagramStyle), document.importNode(drawing, true));
  };
  const title = diagram => `payment ${diagram.payment}: ${diagram.why}`;
  section(
      "diagrams", "What happened to one payment", "Diagrams",
      element("div", {class: "controls"}, choice("Payment", data.diagrams.map(title), show)), count, holder);
  show(0);
}
