// Nodes and edges as cytoscape draws them: names broken into lines, colours and marks by state.

const FONT = 16;
const LINE = 21;
const WIDEST = 118;
const ruler = document.createElement("canvas").getContext("2d");

function widthOf(text, fonts) {
  ruler.font = `${FONT}px ${fonts}`;
  return ruler.measureText(text).width;
}

// Balanced lines: a Chinese name breaks between any two characters, a Latin word stays whole if it is short.
function linesOf(text, fonts, widest = WIDEST) {
  const goal = Math.min(widest, widthOf(text, fonts) / Math.ceil(widthOf(text, fonts) / widest) + 0.8 * FONT);
  const lines = [""];
  for (const token of text.match(/[!-~]{1,14}\s*|./gsu) || []) {
    const longer = lines[lines.length - 1] + token;
    if (lines[lines.length - 1] && widthOf(longer.trimEnd(), fonts) > goal) lines.push(token);
    else lines[lines.length - 1] = longer;
  }
  const kept = lines.slice(0, 3).map((line) => line.trim());
  if (lines.length > 3) kept[2] += "…";
  return kept;
}

function stateAfter(node) {
  return node.state === "failed" && !node.state_after ? "saved" : node.state_after || node.state || "";
}

function badgeOf(state, style) {
  const look = style.states[state];
  return look ? `${look.mark} ${look.zh}` : "";
}

// The size holds the widest badge that can come, so that nothing moves when a firm fails or hides a neighbour.
function nodeElement(node, style, { mayFail, mayHide }) {
  const lines = linesOf(node.label, style.fonts);
  if (node.value_label) lines.push(...linesOf(node.value_label, style.fonts));
  const badge = [mayFail || node.state ? badgeOf(node.state || "failed", style) : "", mayHide ? "+99" : ""].join("  ").trim();
  const shape = style.nodes[node.kind || "firm"].shape;
  const stretch = shape === "ellipse" ? 1.2 : 1;
  const rows = lines.length + (badge ? 1 : 0);
  const data = {
    id: `n:${node.id}`,
    node,
    lines,
    shape,
    w: (Math.max(80, ...[...lines, badge].map((line) => widthOf(line, style.fonts))) + 22) * stretch,
    h: (rows * LINE + 14) * stretch,
  };
  return { group: "nodes", data: Object.assign(data, nodeLook(data, node.state || "", style)) };
}

function nodeLook(data, state, style, more = 0) {
  const look = style.states[state] || { fill: "#ffffff", line: "#767676" };
  const rows = [...data.lines, [badgeOf(state, style), more ? `+${more}` : ""].filter(Boolean).join("  ")];
  return {
    text: rows.filter(Boolean).join("\n"),
    fill: look.fill,
    line: look.line,
    ink: state === "listed" ? "#ffffff" : "#1c1c1c",
    border: state ? 3 : 1.5,
    state,
  };
}

function edgeElement(edge, style) {
  const data = { id: `e:${edge.id}`, source: `n:${edge.source}`, target: `n:${edge.target}`, edge };
  return { group: "edges", data: Object.assign(data, edgeLook(edge, "", edge.label || "", style)) };
}

function edgeLook(edge, role, label, style) {
  const kind = style.edges[edge.kind || "guarantee"];
  const own = role ? style.roles[role] : edge.is_mutual ? style.roles.mutual : kind;
  const words = { mutual: "互保", removed: "解除", called: "代偿" }[role || (edge.is_mutual ? "mutual" : "")];
  return {
    text: [words, label].filter(Boolean).join(" "),
    line: own.line,
    ink: role === "called" ? "#8f3f00" : "#333333",
    width: own.width || 2.5,
    dash: own.dash,
    against: role === "called",
    role,
  };
}

function boxElement(box, style) {
  return { group: "nodes", data: { id: `b:${box.id}`, box, text: box.label, w: widthOf(box.label, style.fonts) * 1.08 } };
}

function elementsOf(data, mayFail) {
  const hidden = new Set(data.nodes.filter((node) => node.is_hidden).map((node) => node.id));
  const hiding = new Set((data.edges || []).flatMap(({ source, target }) => [hidden.has(target) && source, hidden.has(source) && target]));
  const boxOf = new Map();
  for (const box of data.boxes || []) for (const member of box.members) boxOf.set(member, `b:${box.id}`);
  const nodes = data.nodes.map((node) => {
    const element = nodeElement(node, data.style, { mayFail, mayHide: hiding.has(node.id) });
    if (boxOf.has(node.id)) element.data.parent = boxOf.get(node.id);
    return element;
  });
  const boxes = (data.boxes || []).filter((box) => box.members.length).map((box) => boxElement(box, data.style));
  return [...boxes, ...nodes, ...(data.edges || []).map((edge) => edgeElement(edge, data.style))];
}

function sheetOf(style) {
  const text = { "font-family": style.fonts, "font-size": FONT, "text-wrap": "wrap", "text-max-width": "1000px", "line-height": 1.28 };
  return [
    { selector: "node[node]", style: { ...text, label: "data(text)", color: "data(ink)", "text-valign": "center", "text-halign": "center", shape: "data(shape)", width: "data(w)", height: "data(h)", "background-color": "data(fill)", "border-color": "data(line)", "border-width": "data(border)" } },
    { selector: "node[box]", style: { ...text, label: "data(text)", color: "#5c4708", "font-weight": "bold", shape: "round-rectangle", "text-valign": "top", "text-margin-y": -5, "background-color": "#fdf8e8", "border-color": "#8a6d1a", "border-width": 1.5, "border-style": "dashed", padding: "16px", "min-width": "data(w)", events: "no" } },
    { selector: "edge", style: { ...text, label: "data(text)", color: "data(ink)", width: "data(width)", "line-color": "data(line)", "line-style": (edge) => (edge.data("dash").length ? "dashed" : "solid"), "line-dash-pattern": (edge) => (edge.data("dash").length ? edge.data("dash") : [6, 3]), "target-arrow-color": "data(line)", "source-arrow-color": "data(line)", "target-arrow-shape": (edge) => (edge.data("against") ? "none" : "triangle"), "source-arrow-shape": (edge) => (edge.data("against") ? "triangle" : "none"), "arrow-scale": 1.2, "curve-style": "bezier", "text-background-color": "#ffffff", "text-background-opacity": 0.92, "text-background-padding": "2px" } },
    { selector: "edge.routed", style: { "curve-style": "round-segments", "segment-weights": (edge) => edge.data("weights"), "segment-distances": (edge) => edge.data("distances"), "segment-radii": 18, "edge-distances": "node-position" } },
    { selector: "edge.beside", style: { "curve-style": "unbundled-bezier", "control-point-distances": [104, 104], "control-point-weights": [0.2, 0.8] } },
    { selector: "edge:loop", style: { "curve-style": "bezier", "loop-direction": "0deg", "loop-sweep": "50deg", "control-point-step-size": (edge) => edge.source().data("h") / 2 + 60 } },
    { selector: ".hidden", style: { display: "none" } },
    { selector: ".faded", style: { opacity: 0.45 } },
    { selector: ".fresh", style: { "underlay-color": "#E69F00", "underlay-opacity": 0.55, "underlay-padding": 9 } },
    { selector: "node.chosen", style: { "border-width": 4, "border-color": "#0072B2", "border-style": "double" } },
  ];
}
