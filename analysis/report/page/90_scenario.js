// Every parameter, as resolved.yaml has it.
function scenarioSection() {
  if (!data.resolved) return;
  const code = element("pre", {class: "scenario", tabindex: 0, "aria-label": "The resolved scenario"});
  for (const line of data.resolved.replace(/\n$/, "").split("\n")) {
    const comment = /^\s*#/.test(line);
    const pattern = /("(?:[^"\\]|\\.)*")|([\w.-]+)(?=:(\s|$))/g;
    let at = 0;
    for (let match; !comment && (match = pattern.exec(line)) !== null;) {
      code.append(line.slice(at, match.index));
      code.append(match[1] ? match[1] : element("span", {class: "key"}, match[2]));
      at = match.index + match[0].length;
    }
    code.append(comment ? element("span", {class: "comment"}, line) : line.slice(at), "\n");
  }
  section(
      "scenario", "Every parameter", "Scenario",
      element("p", {class: "note"}, "The scenario with every default written out: ", element("code", {}, "resolved.yaml"), "."),
      code);
}
