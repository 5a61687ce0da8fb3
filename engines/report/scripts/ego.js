// The neighbourhood of one firm: a click shows hidden neighbours, a double click or the button takes them away.

function hiddenAround(node) {
  return node.neighborhood("node.hidden");
}

function relabel(cy, style) {
  for (const node of cy.nodes("[node]")) {
    node.data(nodeLook(node.data(), node.data("node").state || "", style, hiddenAround(node).length));
  }
}

// Who was shown by whom, so that a collapse takes away just that: at first, breadth first from the centre.
function firstShownBy(cy, centre) {
  const shownBy = new Map();
  shownIn(cy).bfs({
    roots: centre,
    visit: (node, edge, previous) => {
      if (previous) shownBy.set(node.id(), previous.id());
    },
  });
  return shownBy;
}

function collapse(cy, node, shownBy) {
  for (const other of cy.nodes().filter((other) => shownBy.get(other.id()) === node.id()).toArray()) {
    shownBy.delete(other.id());
    collapse(cy, other, shownBy);
    other.addClass("hidden");
  }
}

// The node that was clicked stays where the reader's eye is.
function layOutAround(cy, node) {
  const before = { ...node.renderedPosition() };
  layOut(cy);
  const after = node.renderedPosition();
  cy.panBy({ x: before.x - after.x, y: before.y - after.y });
}

function drawEgo(figure, data) {
  const frame = makeFrame(figure, "with-panel");
  const canvas = makeCanvas(frame);
  const panel = make("aside", { class: "net-panel", "aria-live": "polite" });
  frame.body.append(panel);
  const cy = makeGraph(canvas, data, false);
  const byId = new Map(data.nodes.map((node) => [node.id, node]));
  for (const node of data.nodes) if (node.is_hidden) cy.getElementById(`n:${node.id}`).addClass("hidden");
  const first = data.nodes.find((node) => node.state === "centre") || data.nodes.find((node) => !node.is_hidden);
  const centre = cy.getElementById(`n:${first.id}`);
  const shownBy = firstShownBy(cy, centre);
  let chosen = centre;

  function showBoxes() {
    for (const box of cy.nodes(":parent")) box.toggleClass("hidden", box.children().not(".hidden").empty());
  }
  function expand() {
    for (const other of hiddenAround(chosen)) {
      other.removeClass("hidden");
      shownBy.set(other.id(), chosen.id());
    }
    redraw();
  }
  function fold() {
    collapse(cy, chosen, shownBy);
    redraw();
  }
  function redraw() {
    showBoxes();
    relabel(cy, data.style);
    layOutAround(cy, chosen);
    say();
  }
  function say() {
    const more = hiddenAround(chosen).length;
    const actions = [];
    if (more) actions.push(makeButton(`expand +${more}`, "展开", expand));
    if ([...shownBy.values()].includes(chosen.id())) actions.push(makeButton("collapse", "收起", fold));
    fillPanel(panel, data, byId, chosen.data("node"), (id) => choose(id, true), ...actions);
  }
  function choose(id, isFar) {
    chosen.removeClass("chosen");
    chosen = cy.getElementById(`n:${id}`);
    if (chosen.hasClass("hidden")) {
      chosen.removeClass("hidden");
      const known = chosen.neighborhood("node").not(".hidden");
      if (known.nonempty()) shownBy.set(chosen.id(), known.first().id());
      redraw();
    }
    chosen.addClass("chosen");
    if (isFar) cy.center(chosen);
    say();
  }
  function restart() {
    for (const node of cy.nodes("[node]")) {
      node.toggleClass("hidden", Boolean(node.data("node").is_hidden)).removeClass("chosen");
    }
    shownBy.clear();
    for (const [node, by] of firstShownBy(cy, centre)) shownBy.set(node, by);
    chosen = centre;
    redraw();
    showWell(cy, centre);
  }

  cy.on("tap", "node", (event) => event.target.data("node") && choose(event.target.data("node").id, false));
  cy.on("onetap", "node", (event) => event.target.data("node") && hiddenAround(chosen).nonempty() && expand());
  cy.on("dbltap", "node", (event) => event.target.data("node") && fold());
  zoomButtons(frame.bar, (factor) => zoomBy(cy, factor), () => cy.fit(shownIn(cy), 18));
  frame.bar.append(makeButton("start again", "重置", restart));
  makeHint(frame, "Click a firm for its details and hidden neighbours (+), double click to collapse; Ctrl and wheel to zoom.", "单击查看并展开（+），双击收起；Ctrl+滚轮缩放。");
  restart();
  showAgainWhenResized(canvas, () => showWell(cy, centre));
  figure.drawn = { cy, choose, expand, fold };
}
