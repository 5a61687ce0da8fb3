// The frame of a network: a bar of buttons, the drawing, and words that are said when something changes.

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function both(english, chinese) {
  const words = document.createDocumentFragment();
  words.append(english);
  if (chinese && chinese !== english) words.append(" ", make("span", { lang: "zh-Hans", class: "zh" }, chinese));
  return words;
}

function lookWords(look) {
  return both(look.label, look.zh);
}

function makeButton(english, chinese, act) {
  const button = make("button", { type: "button" }, both(english, chinese));
  button.addEventListener("click", act);
  return button;
}

function makeFrame(figure, kind = "") {
  const stage = figure.querySelector(".net-stage");
  const frame = { figure, stage, bar: make("div", { class: "net-bar" }), body: make("div", { class: "net-body" }) };
  frame.said = make("p", { class: "net-said", "aria-live": "polite" });
  if (kind) frame.body.classList.add(kind);
  stage.replaceChildren(frame.bar, frame.body);
  return frame;
}

function makeCanvas(frame, holder = frame.body) {
  const title = frame.figure.querySelector("h3").textContent;
  const canvas = make("div", { class: "net-canvas", role: "img", "aria-label": title });
  holder.append(canvas);
  guardWheel(canvas);
  return canvas;
}

function makeHint(frame, english, chinese) {
  frame.stage.append(make("p", { class: "net-hint" }, both(english, chinese)));
}

// The wheel scrolls the page; it zooms only with Ctrl, or people would be caught in the first picture.
function guardWheel(canvas) {
  const guard = (event) => {
    if (!event.ctrlKey && !event.metaKey && canvas.contains(event.target)) event.stopImmediatePropagation();
  };
  window.addEventListener("wheel", guard, { capture: true, passive: true });
}

function zoomButtons(bar, zoom, fit) {
  const nearer = makeButton("+", "", () => zoom(1.3));
  const farther = makeButton("−", "", () => zoom(1 / 1.3));
  nearer.setAttribute("aria-label", "zoom in · 放大");
  farther.setAttribute("aria-label", "zoom out · 缩小");
  bar.append(nearer, farther, makeButton("whole", "全图", fit));
}
