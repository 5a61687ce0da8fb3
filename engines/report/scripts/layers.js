// Left-to-right layers by dagre: columns given by the case where it has them, else found from the arrows.

const LEAST_ZOOM = 0.75;

// dagre splits each column in two for the labels of edges, and again for boxes; the borders of a box must go beside.
function rankByLayer(graph, layerOf) {
  const lowest = Math.min(...layerOf.values());
  const unit = 2 * graph.graph().nodeRankFactor;
  const nodes = graph.nodes();
  for (const id of nodes) if (layerOf.has(id)) graph.node(id).rank = unit * (layerOf.get(id) - lowest);
  for (const id of nodes.filter((id) => !layerOf.has(id))) {
    const below = (graph.outEdges(id) || []).filter((edge) => layerOf.has(edge.w) && graph.edge(edge).nestingEdge);
    const above = (graph.inEdges(id) || []).filter((edge) => layerOf.has(edge.v) && graph.edge(edge).nestingEdge);
    const low = below.map((edge) => graph.node(edge.w).rank - graph.edge(edge).minlen);
    const high = above.map((edge) => graph.node(edge.v).rank + graph.edge(edge).minlen);
    graph.node(id).rank = low.length ? Math.min(...low) : high.length ? Math.max(...high) : -unit;
  }
}

function layersOf(nodes) {
  const layers = new Map(nodes.map((node) => [node.id(), node.data("node").layer]));
  return [...layers.values()].every(Number.isInteger) && new Set(layers.values()).size > 1 ? layers : null;
}

// Ties between the same two nodes are one road for dagre, with a track for each: mutual guarantees run side by side.
function roadsOf(edges) {
  const roads = new Map();
  for (const edge of edges) {
    const [from, to] = [edge.source().id(), edge.target().id()];
    if (from === to) continue;
    const key = JSON.stringify([from, to].sort());
    if (!roads.has(key)) roads.set(key, { from, to, tracks: [] });
    roads.get(key).tracks.push(edge);
  }
  return [...roads.values()];
}

function asDagre(nodes, roads, layers, withBoxes) {
  const graph = new dagre.graphlib.Graph({ directed: true, multigraph: true, compound: true });
  const settings = { rankdir: "LR", nodesep: 26, edgesep: 16, ranksep: 52, marginx: 0, marginy: 0 };
  graph.setGraph(layers ? { ...settings, ranker: (inner) => rankByLayer(inner, layers) } : settings);
  for (const node of nodes) graph.setNode(node.id(), { width: node.data("w"), height: node.data("h") });
  if (withBoxes) {
    for (const node of nodes.filter((node) => node.isChild())) {
      graph.setNode(node.parent().id(), {});
      graph.setParent(node.id(), node.parent().id());
    }
  }
  for (const road of roads) {
    const step = layers ? layers.get(road.to) - layers.get(road.from) : 1;
    if (step === 0) continue;
    if (step < 0) [road.from, road.to] = [road.to, road.from];
    const { fonts, mayFail } = road.tracks[0].cy().scratch("labels");
    const texts = road.tracks.map((edge) => edge.data("text") + (mayFail && edge.data("text") ? "代偿" : ""));
    const width = Math.max(...texts.map((text) => widthOf(text, fonts))) + 8;
    const size = { width, height: texts.length * LINE, labelpos: "c", minlen: Math.abs(step) };
    graph.setEdge(road.from, road.to, size, "road");
  }
  return graph;
}

// By class, not by ":visible", which lags behind a change of class until the next frame.
function shownIn(cy) {
  const nodes = cy.nodes().not(".hidden");
  return nodes.union(nodes.edgesWith(nodes));
}

function laidOut(nodes, roads) {
  const layers = layersOf(nodes);
  for (const withBoxes of [true, false]) {
    const graph = asDagre(nodes, roads, layers, withBoxes);
    try {
      dagre.layout(graph);
      return graph;
    } catch (error) {
      // Some boxes over columns that the case fixed cannot be kept together; the box is then drawn around what comes.
      if (!withBoxes) throw error;
    }
  }
  return null;
}

function routeOf(edge, points) {
  const [from, to] = [edge.source().position(), edge.target().position()];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const squared = dx * dx + dy * dy || 1;
  const weights = points.map((at) => ((at.x - from.x) * dx + (at.y - from.y) * dy) / squared);
  const distances = points.map((at) => ((at.x - from.x) * -dy + (at.y - from.y) * dx) / Math.sqrt(squared));
  edge.data({ weights, distances });
}

function layOut(cy) {
  const nodes = cy.nodes("[node]").not(".hidden");
  const edges = nodes.edgesWith(nodes);
  const roads = roadsOf(edges.toArray());
  const graph = laidOut(nodes.toArray(), roads);
  cy.batch(() => {
    for (const node of nodes) {
      const { x, y } = graph.node(node.id());
      node.position({ x, y });
    }
    edges.removeClass("routed beside");
  });
  for (const { from, to, tracks } of roads) {
    const road = graph.edge(from, to, "road");
    tracks.forEach((edge, at) => {
      if (!road) return edge.addClass("beside");
      const aside = (at - (tracks.length - 1) / 2) * LINE;
      const points = road.points.slice(1, -1).map(({ x, y }) => ({ x, y: y + aside }));
      routeOf(edge, edge.source().id() === from ? points : points.reverse());
      return edge.addClass("routed");
    });
  }
}

// Whole if that can be read, else as near as can be read: what matters in the middle, and no empty margin beside it.
function showWell(cy, middle) {
  cy.resize();
  const shown = shownIn(cy);
  cy.fit(shown, 18);
  if (cy.zoom() >= LEAST_ZOOM) {
    cy.zoom(Math.min(cy.zoom(), 1));
    cy.center(shown);
    return;
  }
  cy.zoom(LEAST_ZOOM);
  cy.center(middle && middle.nonempty() ? middle : shown);
  const box = shown.renderedBoundingBox();
  cy.panBy({ x: shift(box.x1, box.x2, cy.width()), y: shift(box.y1, box.y2, cy.height()) });
}

function shift(low, high, room, margin = 18) {
  if (high - low <= room - 2 * margin) return (room - low - high) / 2;
  return low > margin ? margin - low : high < room - margin ? room - margin - high : 0;
}

function makeGraph(canvas, data, mayFail) {
  const cy = cytoscape({
    container: canvas,
    style: sheetOf(data.style),
    elements: [],
    layout: { name: "preset" },
    autoungrabify: true,
    autounselectify: true,
    boxSelectionEnabled: false,
    minZoom: 0.1,
    maxZoom: 3,
  });
  // cytoscape remembers where its canvas stood; a table that was opened above has moved it since.
  for (const moment of ["pointerenter", "pointerdown"]) canvas.addEventListener(moment, () => cy.resize(), true);
  cy.scratch("labels", { fonts: data.style.fonts, mayFail });
  cy.add(elementsOf(data, mayFail));
  return cy;
}

function zoomBy(cy, factor) {
  cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
}

// A phone that is turned, a window that is made smaller: shown anew if the width has changed.
function showAgainWhenResized(canvas, show) {
  let width = canvas.clientWidth;
  new ResizeObserver(() => {
    if (canvas.clientWidth === width) return;
    width = canvas.clientWidth;
    show();
  }).observe(canvas);
}
