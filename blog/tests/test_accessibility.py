"""axe looks at every kind of page in Chromium, wide and narrow, light and dark, by all of its rules."""

import pytest

from blog.tests.shown_pages import ERRORS, Blog
from bloggy.tests.npm import package_file
from bloggy.tests.processes import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
RULES = {"light": "axe.getRules()", "dark": "axe.getRules(['cat.color'])"}  # nothing else depends on the scheme
# Left out: focus-order-semantics, an experiment of axe's. What scrolls has to take the focus, without a mouse; that
# rule would have each table and each piece of code be a landmark for it, which is worse for who goes by landmarks.
RUN = """async () => {
  // All, those too that are off unless they are named.
  const rules = RULES.map(rule => rule.ruleId).filter(id => id !== "focus-order-semantics");
  const {violations} = await axe.run({runOnly: {type: "rule", values: rules}, resultTypes: ["violations"]});
  return violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html}`));
}"""


@pytest.fixture
def look_at(browser):
    """Return a function that gives what axe finds in an answer, as Chromium shows it with the answer's own headers."""
    axe = package_file("axe-core/axe.min.js").read_text()
    context = browser.new_context()
    page, answers = context.new_page(), []

    def answer(route):
        path = route.request.url.removeprefix("http://blog.example/")
        if path.startswith("static/"):
            route.fulfill(path=ROOT / path)
        else:
            status, headers, body = answers[-1].status_code, dict(answers[-1].headers), answers[-1].content
            route.fulfill(status=status, headers=headers, body=body)

    def look(response, width):
        answers.append(response)
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("http://blog.example/page")
        page.evaluate(axe)
        found = []
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            found += [f"{scheme}: {text}" for text in page.evaluate(RUN.replace("RULES", rules))]
        return found

    context.route("**/*", answer)
    yield look
    context.close()


@pytest.mark.faults  # half a minute each
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(look_at, width):
    found = {name: look_at(answer, width) for name, answer in Blog().pages().items()}

    assert {name: texts for name, texts in found.items() if texts} == {}


def test_axe_finds_what_is_wrong(look_at, client):
    answer = client.get("/nope/")
    html = answer.content.replace(b' lang="en"', b"")
    answer.content = html.replace(b"</h1>", b'</h1><h4>Next</h4><img src="a.png">')

    found = " ".join(look_at(answer, 1280))

    assert all(rule in found for rule in ("heading-order", "image-alt", "html-has-lang"))


@pytest.mark.parametrize(("scheme", "colour"), [("light", "#666"), ("dark", "#999")])
def test_axe_sees_a_contrast_that_is_only_good(look_at, client, scheme, colour):
    answer = client.get("/nope/")
    css = f"<style>@media (prefers-color-scheme: {scheme}) {{ .label {{ color: {colour} }} }}</style></head>"
    answer.content = answer.content.replace(b"</head>", css.encode())
    del answer.headers["Content-Security-Policy"]

    (found,) = look_at(answer, 1280)

    assert found.startswith(f"{scheme}: color-contrast-enhanced")  # 5.6:1 and 6.2:1, where 7:1 is wanted


def test_every_page_is_among_those_that_are_looked_at():
    pages = {str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("[!_]*.html")}
    frames = {"base.html", "error.html", "accounts/base.html"}

    answers = Blog().pages().values()

    shown = {template.name for answer in answers for template in getattr(answer, "templates", ())}
    shown |= {f"{name}.html" for name in ERRORS}
    assert {name for name in pages if not name.startswith("admin/")} - frames - shown == set()
