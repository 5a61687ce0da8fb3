// Before and after guarantees are released, side by side, moved together.

function drawPane(frame, data, title, title_zh, isAfter) {
  const pane = make("div", { class: "net-pane" }, make("h4", {}, both(title, title_zh)));
  frame.body.append(pane);
  const canvas = makeCanvas(frame, pane);
  canvas.classList.add("short");
  const cy = makeGraph(canvas, data, true);
  layOut(cy);
  for (const node of cy.nodes("[node]")) {
    const told = node.data("node");
    node.data(nodeLook(node.data(), isAfter ? stateAfter(told) : told.state || "", data.style));
  }
  for (const edge of cy.edges()) {
    const told = edge.data("edge");
    if (told.is_removed && isAfter) edge.data(edgeLook(told, "removed", told.label, data.style));
    if (told.is_removed && !isAfter) edge.data({ text: `✂ ${edge.data("text")}`, width: 5 });
  }
  return { cy, canvas };
}

function countOf(data, stateOf, states) {
  return data.nodes.filter((node) => states.includes(stateOf(node))).length;
}

function drawCut(figure, data) {
  const frame = makeFrame(figure, "in-two");
  frame.stage.insertBefore(frame.said, frame.body);
  const fell = countOf(data, (node) => node.state || "", ["failed", "seed"]);
  const falls = countOf(data, stateAfter, ["failed", "seed"]);
  const removed = (data.edges || []).filter((edge) => edge.is_removed).length;
  frame.said.append(
    both(
      `${removed} released (✂): ${fell} firms fall before, ${falls} after; ${countOf(data, stateAfter, ["saved"])} no longer fall.`,
      `解除 ${removed} 笔（✂）：违约企业由 ${fell} 户降至 ${falls} 户。`,
    ),
  );
  const panes = [drawPane(frame, data, "before", "解除前", false), drawPane(frame, data, "after", "解除后", true)];
  const [first, second] = panes.map((pane) => pane.cy);
  let isFollowing = false;
  const follow = (from, to) => () => {
    if (isFollowing) return;
    isFollowing = true;
    to.viewport({ zoom: from.zoom(), pan: { ...from.pan() } });
    isFollowing = false;
  };
  first.on("viewport", follow(first, second));
  second.on("viewport", follow(second, first));
  const middle = () => {
    const cut = first.edges().filter((edge) => edge.data("edge").is_removed);
    return cut.nonempty() ? cut.first().connectedNodes() : first.nodes().first();
  };
  const whole = () => first.fit(first.elements(), 18);
  zoomButtons(frame.bar, (factor) => zoomBy(first, factor), whole);
  makeHint(frame, "Both sides move together. Drag to move; Ctrl and wheel to zoom.", "两侧同步移动；拖动平移，Ctrl+滚轮缩放。");
  showWell(first, middle());
  showAgainWhenResized(panes[0].canvas, () => showWell(first, middle()));
  figure.drawn = { before: first, after: second };
}
