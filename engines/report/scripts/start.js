// Draws every network of the page; one that cannot be drawn says so in its place, and the others go on.

const VIEWS = { ego: drawEgo, replay: drawReplay, cut: drawCut, overview: drawOverview };

for (const figure of document.querySelectorAll("figure.network")) {
  try {
    const data = JSON.parse(figure.querySelector(".net-data").textContent);
    VIEWS[data.view](figure, data);
    figure.setAttribute("data-drawn", "yes");
  } catch (error) {
    const words = "This picture could not be drawn · 图形无法绘制: ";
    figure.querySelector(".net-stage").replaceChildren(make("p", { class: "net-said" }, words + error.message));
    figure.setAttribute("data-drawn", "no");
    console.error(error);
  }
}
