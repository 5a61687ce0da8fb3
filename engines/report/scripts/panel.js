// The panel beside a picture: one node in words, with its ties as buttons, so that all can be reached by keyboard.

function neighbourButton(edge, other, choose) {
  const words = [other.label, edge.label, edge.is_mutual ? "互保" : ""].filter(Boolean).join(" · ");
  const button = make("button", { type: "button" }, words);
  button.addEventListener("click", () => choose(other.id));
  return make("li", {}, button);
}

function tiesOf(data, node, byId) {
  const groups = new Map();
  for (const edge of data.edges || []) {
    const outward = edge.source === node.id;
    if (!outward && edge.target !== node.id) continue;
    const kind = edge.kind || "guarantee";
    const key = `${outward ? "→" : "←"} ${kind}`;
    if (!groups.has(key)) groups.set(key, { outward, look: data.style.edges[kind], ties: [] });
    groups.get(key).ties.push([edge, byId.get(outward ? edge.target : edge.source)]);
  }
  return [...groups.values()];
}

function fillPanel(panel, data, byId, node, choose, ...actions) {
  const kind = data.style.nodes[node.kind || "firm"];
  panel.replaceChildren(make("h4", {}, node.label), make("p", {}, kind ? lookWords(kind) : ""));
  const state = data.style.states[node.state];
  if (state) panel.append(make("p", {}, `${state.mark} `, lookWords(state)));
  if (node.value_label) panel.append(make("p", {}, node.value_label));
  const finding = data.style.findings[node.finding];
  if (finding) panel.append(make("p", {}, make("b", {}, lookWords(finding))));
  if (actions.length) panel.append(make("div", { class: "net-actions" }, ...actions));
  const pairs = make("dl");
  for (const [name, text] of node.details || []) pairs.append(make("dt", {}, name), make("dd", {}, text));
  if (node.details) panel.append(pairs);
  for (const { outward, look, ties } of tiesOf(data, node, byId)) {
    panel.append(make("h5", {}, outward ? "→ " : "← ", lookWords(look), ` (${ties.length})`));
    panel.append(make("ul", {}, ...ties.slice(0, 40).map(([edge, other]) => neighbourButton(edge, other, choose))));
    if (ties.length > 40) panel.append(make("p", {}, both(`and ${ties.length - 40} more`, `另有 ${ties.length - 40} 条`)));
  }
}
