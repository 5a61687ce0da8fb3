"""A page with networks in a headless browser, and what can be asked of it."""

from report_sample import sample_result

from engines.report.networks import describe
from engines.report.page import write_page
from engines.result import Network


def wait(page, script):
    """Wait until a function of the page is true; asked from outside, as the page's policy forbids eval."""
    for _ in range(200):
        if page.evaluate(script):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {script}")


class Seen:
    """A page with networks in the browser, with all that the browser complained about."""

    def __init__(self, browser, path, width=1280, before=None, networks=4):
        self.page = browser.new_page(viewport={"width": width, "height": 900})
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        if before:
            self.page.add_init_script(f"({before})()")
        self.page.goto(path.as_uri())
        wait(self.page, f"() => document.querySelectorAll('figure[data-drawn]').length == {networks}")

    def ask(self, script, number=1):
        """What a function of the drawn network says."""
        return self.page.evaluate(f"({script})(document.querySelector('#network-{number}').drawn)")

    def graph(self, script, number=1, name="cy"):
        return self.page.evaluate(f"({script})(document.querySelector('#network-{number}').drawn.{name})")

    def errors(self):
        """Complaints of the page itself; a driver of software WebGL complains of its own slowness."""
        return [text for text in self.complaints if "GL Driver Message" not in text]

    def place_of(self, node, number=1):
        self.page.locator(f"#network-{number} .net-canvas").first.scroll_into_view_if_needed()
        return self.page.evaluate(
            """([number, node]) => { const figure = document.querySelector(`#network-${number}`);
            const at = figure.drawn.cy.getElementById(node).renderedPosition();
            const edge = figure.querySelector(".net-canvas").getBoundingClientRect();
            return [at.x + edge.left, at.y + edge.top]; }""",
            [number, node],
        )

    def wait(self, script, number=1):
        """Wait until a function of the drawn network is true."""
        wait(self.page, f"() => ({script})(document.querySelector('#network-{number}').drawn)")

    def shown(self, number=1):
        return self.graph("cy => cy.nodes('[node]').not('.hidden').length", number)


def one(tmp_path, view):
    return write_page(
        sample_result(pictures=(), networks=(Network("t", "", "", lambda: describe(view)),)), tmp_path / "r.html"
    )
