// An overview without WebGL: the same dots on a plain canvas, slower, with the same names and colours.

function flatRenderer(holder, dots, ties, look) {
  const canvas = make("canvas");
  const pen = canvas.getContext("2d");
  const view = { scale: 1, first: 1, x: 0, y: 0 };
  const xs = dots.map((dot) => dot.x);
  const ys = dots.map((dot) => dot.y);
  const span = { left: Math.min(...xs), right: Math.max(...xs), low: Math.min(...ys), high: Math.max(...ys) };
  const size = () => [holder.clientWidth, holder.clientHeight];
  const placeOf = (dot) => [dot.x * view.scale + view.x, -dot.y * view.scale + view.y];

  function whole() {
    const [width, height] = size();
    const scale = Math.min((width - 40) / (span.right - span.left || 1), (height - 40) / (span.high - span.low || 1));
    view.scale = view.first = Math.min(scale, 60);
    view.x = width / 2 - ((span.left + span.right) / 2) * view.scale;
    view.y = height / 2 + ((span.low + span.high) / 2) * view.scale;
    refresh();
  }
  function refresh() {
    const [width, height] = size();
    const sharp = window.devicePixelRatio || 1;
    canvas.width = width * sharp;
    canvas.height = height * sharp;
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    pen.lineWidth = 1;
    for (const tie of ties) line(tie);
    for (const dot of dots) disc(dot, look.dot(dot));
    for (const dot of dots) if (look.dot(dot).isNamed) name(dot, width);
  }
  function line(tie) {
    pen.strokeStyle = look.tie(tie);
    pen.beginPath();
    pen.moveTo(...placeOf(tie.from));
    pen.lineTo(...placeOf(tie.to));
    pen.stroke();
  }
  function disc(dot, { fill, radius }) {
    pen.fillStyle = fill;
    pen.beginPath();
    pen.arc(...placeOf(dot), radius * Math.min(5, Math.sqrt(Math.max(1, view.scale / view.first))), 0, 2 * Math.PI);
    pen.fill();
  }
  function name(dot, width) {
    pen.font = `14px ${look.fonts}`;
    const wide = pen.measureText(dot.label).width;
    const [x, y] = placeOf(dot);
    const left = Math.max(4, Math.min(x + 9, width - wide - 8));
    pen.fillStyle = "rgba(255, 255, 255, .92)";
    pen.fillRect(left - 3, y - 11, wide + 6, 22);
    pen.fillStyle = "#1c1c1c";
    pen.fillText(dot.label, left, y + 5);
  }
  function zoom(factor, [x, y] = size().map((side) => side / 2)) {
    view.x = x - (x - view.x) * factor;
    view.y = y - (y - view.y) * factor;
    view.scale *= factor;
    refresh();
  }
  function goTo(dot) {
    const [width, height] = size();
    view.scale = Math.max(view.scale, 24);
    view.x = width / 2 - dot.x * view.scale;
    view.y = height / 2 + dot.y * view.scale;
    refresh();
  }
  function dotAt(event) {
    const edge = canvas.getBoundingClientRect();
    const far = (dot) => Math.hypot(placeOf(dot)[0] - event.clientX + edge.left, placeOf(dot)[1] - event.clientY + edge.top);
    const nearest = dots.reduce((best, dot) => (far(dot) < far(best) ? dot : best));
    return far(nearest) < 14 ? nearest : null;
  }
  function follow() {
    let held = null;
    canvas.style.cssText = "display: block; width: 100%; height: 100%; touch-action: pan-y;";
    canvas.addEventListener("pointerdown", (event) => (held = [event.clientX, event.clientY]));
    window.addEventListener("pointerup", () => (held = null));
    canvas.addEventListener("pointermove", (event) => {
      if (!held) return look.hover(dotAt(event));
      view.x += event.clientX - held[0];
      view.y += event.clientY - held[1];
      held = [event.clientX, event.clientY];
      return refresh();
    });
    canvas.addEventListener("click", (event) => dotAt(event) && look.choose(dotAt(event).id));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2);
    });
  }

  holder.replaceChildren(canvas);
  follow();
  whole();
  return { refresh, zoom, whole, goTo, kind: "flat" };
}
