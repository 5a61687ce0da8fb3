// Contagion round by round: firms turn red as they fail, the guarantees that are called turn with them.

const ROUND_MILLISECONDS = 1600;

function stateAt(data, round) {
  const failed = new Map();
  data.steps.slice(0, round + 1).forEach((step, at) => step.failed.forEach((id) => failed.set(id, at)));
  const calls = new Map();
  data.steps.slice(0, round + 1).forEach((step, at) => {
    for (const call of step.calls || []) calls.set(call.edge, { label: call.label || "", at });
  });
  return { failed, calls };
}

function showRound(cy, data, round) {
  const { failed, calls } = stateAt(data, round);
  cy.batch(() => {
    for (const node of cy.nodes("[node]")) {
      const { id, state } = node.data("node");
      const now = failed.has(id) ? (failed.get(id) === 0 ? "seed" : "failed") : state || "";
      node.data(nodeLook(node.data(), now, data.style)).toggleClass("fresh", failed.get(id) === round);
    }
    for (const edge of cy.edges()) {
      const told = edge.data("edge");
      const call = calls.get(told.id);
      edge.data(edgeLook(told, call ? "called" : "", call ? call.label || told.label : told.label, data.style));
      edge.toggleClass("faded", !call && calls.size > 0);
    }
  });
  return failed.size;
}

function drawReplay(figure, data) {
  const frame = makeFrame(figure);
  const canvas = makeCanvas(frame);
  const cy = makeGraph(canvas, data, true);
  const last = data.steps.length - 1;
  let [round, timer] = [0, 0];
  const slider = make("input", { type: "range", min: 0, max: last, step: 1, value: 0, "aria-label": "round · 轮次" });
  const start = makeButton("start", "开始", () => go(0));
  const previous = makeButton("◀ previous", "上一步", () => go(round - 1));
  const play = makeButton("▶ play", "播放", () => (timer ? pause() : run()));
  const next = makeButton("next ▶", "下一步", () => go(round + 1));
  slider.addEventListener("input", () => go(Number(slider.value)));
  frame.bar.append(start, previous, play, next, slider);
  frame.stage.insertBefore(frame.said, frame.body);

  function pause() {
    clearInterval(timer);
    timer = 0;
    play.replaceChildren(both("▶ play", "播放"));
  }
  function run() {
    if (round === last) show(0);
    play.replaceChildren(both("pause", "暂停"));
    timer = setInterval(() => {
      show(round + 1);
      if (round === last) pause();
    }, ROUND_MILLISECONDS);
  }
  function go(to) {
    pause();
    show(to);
  }
  function show(to) {
    round = Math.max(0, Math.min(last, to));
    const count = showRound(cy, data, round);
    slider.value = round;
    start.disabled = previous.disabled = round === 0;
    next.disabled = round === last;
    const { failed, text } = data.steps[round];
    const words = make("b", {}, both(`Round ${round} of ${last}`, `第 ${round} 轮，共 ${last} 轮`));
    const counts = both(`: ${failed.length} fail, ${count} in all.`, `新增违约 ${failed.length} 户，累计 ${count} 户。`);
    frame.said.replaceChildren(words, counts, text ? ` ${text}` : "");
  }

  layOut(cy);
  show(0);
  const middle = () => cy.getElementById(`n:${data.steps[0].failed[0] || data.nodes[0].id}`);
  zoomButtons(frame.bar, (factor) => zoomBy(cy, factor), () => cy.fit(cy.elements(), 18));
  makeHint(frame, "Drag to move; Ctrl and wheel to zoom. A ring marks who fails in this round.", "拖动平移，Ctrl+滚轮缩放；橙色光圈为本轮新增违约。");
  showWell(cy, middle());
  showAgainWhenResized(canvas, () => showWell(cy, middle()));
  figure.drawn = { cy, go, round: () => round, isPlaying: () => timer !== 0 };
}
