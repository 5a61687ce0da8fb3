// Up to 5,000 firms as dots coloured by finding, drawn by sigma; found by name, told apart by the legend's buttons.

const DIM = "#e3e3e3";

function dotsOf(data, room) {
  const crowd = 1.6 * Math.sqrt(4000 / data.nodes.length) * Math.min(1, Math.sqrt(room / 760));
  const base = Math.max(1, Math.min(7, crowd));
  const most = Math.max(...data.nodes.map((node) => node.value || 0)) || 1;
  return data.nodes.map((node) => ({
    ...node,
    node,
    radius: base * (1 + 1.4 * Math.sqrt((node.value || 0) / most)),
    fill: (data.style.findings[node.finding] || { fill: data.style.noFinding }).fill,
  }));
}

function sigmaRenderer(holder, dots, ties, look) {
  const graph = new graphology.MultiDirectedGraph();
  for (const dot of dots) {
    graph.addNode(dot.id, { x: dot.x, y: dot.y, size: dot.radius, label: dot.label, color: dot.fill });
  }
  const byId = new Map(dots.map((dot) => [dot.id, dot]));
  const byEdge = new Map(ties.map((tie) => [tie.id, tie]));
  for (const tie of ties) graph.addEdgeWithKey(tie.id, tie.from.id, tie.to.id, { size: 1 });
  const renderer = new Sigma(graph, holder, {
    allowInvalidContainer: true,
    labelFont: look.fonts,
    labelSize: 14,
    labelColor: { color: "#1c1c1c" },
    labelRenderedSizeThreshold: 9,
    stagePadding: 24,
    minCameraRatio: 0.01,
    maxCameraRatio: 1.5,
    zIndex: true,
    nodeReducer: (id, told) => {
      const { fill, isNamed, isDim } = look.dot(byId.get(id));
      return { ...told, color: fill, forceLabel: isNamed, zIndex: isDim ? 0 : byId.get(id).finding ? 2 : 1 };
    },
    edgeReducer: (id, told) => ({ ...told, color: look.tie(byEdge.get(id)) }),
  });
  const camera = renderer.getCamera();
  renderer.on("enterNode", ({ node }) => look.hover(byId.get(node)));
  renderer.on("leaveNode", () => look.hover(null));
  renderer.on("clickNode", ({ node }) => look.choose(node));
  return {
    sigma: renderer,
    kind: "sigma",
    refresh: () => renderer.refresh(),
    zoom: (factor) => camera.animate({ ratio: renderer.getCamera().ratio / factor }, { duration: 150 }),
    whole: () => camera.animate({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }, { duration: 150 }),
    goTo: (dot) => {
      const { x, y } = renderer.getNodeDisplayData(dot.id);
      camera.animate({ x, y, ratio: Math.min(camera.ratio, Math.max(0.02, 12 / Math.sqrt(dots.length) / 4)) }, { duration: 250 });
    },
  };
}

function hasWebGl() {
  if (typeof Sigma === "undefined") return false;
  const trial = document.createElement("canvas").getContext("webgl2");
  if (trial) (trial.getExtension("WEBGL_lose_context") || { loseContext() {} }).loseContext();
  return Boolean(trial);
}

function searchBox(frame, dots, choose) {
  const input = make("input", { type: "search", placeholder: "find a firm · 查找企业", "aria-label": "find a firm · 查找企业" });
  const hits = make("ul", { class: "net-hits" });
  const found = () => {
    const text = input.value.trim().toLowerCase();
    return text ? dots.filter((dot) => `${dot.label} ${dot.id}`.toLowerCase().includes(text)).slice(0, 8) : [];
  };
  input.addEventListener("input", () => {
    hits.replaceChildren(...found().map((dot) => make("li", {}, makeButton(dot.label, "", () => choose(dot.id, true)))));
    if (input.value.trim() && !found().length) hits.append(make("li", {}, both("no firm of that name", "没有该名称")));
  });
  input.addEventListener("keydown", (event) => event.key === "Enter" && found().length && choose(found()[0].id, true));
  frame.bar.append(input);
  return hits;
}

function legendButtons(figure, dots, pick) {
  for (const entry of figure.querySelectorAll("li[data-finding]")) {
    const finding = entry.dataset.finding;
    const count = dots.filter((dot) => (dot.finding || "") === finding).length;
    const button = make("button", { type: "button", "aria-pressed": "false" }, ...entry.childNodes, `(${count.toLocaleString("en")})`);
    button.addEventListener("click", () => {
      const isOn = button.getAttribute("aria-pressed") !== "true";
      for (const other of figure.querySelectorAll(".net-legend button")) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", String(isOn));
      pick(isOn ? finding : null);
    });
    entry.replaceChildren(button);
  }
}

function drawOverview(figure, data) {
  const frame = makeFrame(figure, "with-panel");
  const canvas = makeCanvas(frame);
  const panel = make("aside", { class: "net-panel", "aria-live": "polite" });
  frame.body.append(panel);
  const dots = dotsOf(data, canvas.clientWidth);
  const byId = new Map(dots.map((dot) => [dot.id, dot]));
  const nodes = new Map(data.nodes.map((node) => [node.id, node]));
  const ties = (data.edges || []).map((edge) => ({ id: edge.id, from: byId.get(edge.source), to: byId.get(edge.target) }));
  let [chosen, hovered, finding] = [null, null, null];
  let near = new Set();
  let renderer = null;

  const look = {
    fonts: data.style.fonts,
    dot(dot) {
      const isDim = (finding !== null && (dot.finding || "") !== finding) || (chosen && !near.has(dot.id));
      return { fill: isDim ? DIM : dot.fill, radius: dot.radius, isDim, isNamed: dot === chosen || dot === hovered };
    },
    tie: (tie) => (tie.from === chosen || tie.to === chosen ? "#1c1c1c" : chosen || finding !== null ? "#f0f0f0" : "#c9c9c9"),
    hover(dot) {
      if (dot === hovered) return;
      hovered = dot;
      canvas.style.cursor = dot ? "pointer" : "";
      if (renderer && renderer.kind === "flat") renderer.refresh();
    },
    choose,
  };
  function choose(id, isFar) {
    chosen = byId.get(id);
    near = new Set(ties.filter((tie) => tie.from === chosen || tie.to === chosen).flatMap((tie) => [tie.from.id, tie.to.id]));
    near.add(id);
    renderer.refresh();
    if (isFar) renderer.goTo(chosen);
    fillPanel(panel, data, nodes, chosen.node, (other) => choose(other, true), makeButton("clear", "取消选择", clear));
  }
  function clear() {
    chosen = null;
    renderer.refresh();
    const count = dots.length.toLocaleString("en");
    const edges = ties.length.toLocaleString("en");
    panel.replaceChildren(
      make("h4", {}, both(`${count} nodes, ${edges} ties`, `${count} 个节点，${edges} 条关系`)),
      make("p", {}, both("Each group of connected firms stands alone, the largest first. Click a dot, search a name, or press an entry of the legend to see only those.", "每个连通群组单独排布，大者在前。点击圆点、搜索名称，或点按图例筛选。")),
    );
  }

  const hits = searchBox(frame, dots, choose);
  zoomButtons(frame.bar, (factor) => renderer.zoom(factor), () => renderer.whole());
  frame.bar.append(hits);
  renderer = (hasWebGl() ? sigmaRenderer : flatRenderer)(canvas, dots, ties, look);
  if (renderer.kind === "flat") {
    makeHint(frame, "This browser has no WebGL; the picture is drawn on a plain canvas. Point at a dot for its name.", "浏览器不支持 WebGL，改用普通画布绘制；指向圆点显示名称。");
    showAgainWhenResized(canvas, () => renderer.whole());
  } else {
    makeHint(frame, "Drag to move; Ctrl and wheel to zoom; names appear when you come near.", "拖动平移，Ctrl+滚轮缩放；放大后显示名称。");
  }
  legendButtons(figure, dots, (picked) => {
    finding = picked;
    renderer.refresh();
  });
  clear();
  figure.drawn = { renderer, choose, dots };
}
