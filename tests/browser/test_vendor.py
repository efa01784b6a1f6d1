"""Front-end code of others works under the strictest policy the application sends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Route

VENDOR = Path(__file__).resolve().parents[2] / "inspect_app" / "static" / "vendor"
AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'"
)
START = "window.addEventListener('load', () => SwaggerUIBundle({url: '/openapi.json', dom_id: '#swagger'}))"
OPENAPI = (
    '{"openapi": "3.1.0", "info": {"title": "Cases", "version": "1"}, "paths": {"/cases": {"get": {"responses": {}}}}}'
)
HEAD = "<!doctype html><html lang=en><head><title>t</title><link rel=icon href='data:,'>"


def serve(body: str) -> Callable[[Route], None]:
    """A site of one page, the shelf of others' code, and a policy that allows nothing else."""

    def answer(route: Route) -> None:
        path = route.request.url.split("/", 3)[3]
        headers = {"Content-Security-Policy": POLICY}
        if path.startswith("vendor/"):
            route.fulfill(path=VENDOR / path.removeprefix("vendor/"), headers=headers)
        elif path in ("start.js", "openapi.json"):
            kind = "text/javascript" if path == "start.js" else "application/json"
            route.fulfill(body=START if path == "start.js" else OPENAPI, content_type=kind, headers=headers)
        elif path == "more":
            route.fulfill(body="<b id=more>more</b>", content_type="text/html", headers=headers)
        else:
            route.fulfill(body=body, content_type="text/html; charset=utf-8", headers=headers)

    return answer


def complaints_of(page: Page) -> list[str]:
    """What the browser complains of from now on."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            heard.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def test_the_stylesheet_breaks_no_policy(page: Page) -> None:
    complaints = complaints_of(page)
    body = (
        f"{HEAD}<link rel=stylesheet href=/vendor/tabler/tabler.min.css></head><body><main><h1>t</h1>"
        "<label>a<select class=form-select><option>b</select></label><button class='btn btn-primary'>more</button></main></body></html>"
    )
    page.route("**/*", serve(body))
    page.goto("http://house.example/")
    assert page.get_by_role("button").evaluate("e => getComputedStyle(e).cursor") == "pointer"
    page.evaluate(AXE.read_text("utf-8"))
    assert page.evaluate("axe.run().then(found => found.violations.map(v => v.id))") == []
    assert complaints == []


def test_the_description_of_the_api_breaks_no_policy(page: Page) -> None:
    complaints = complaints_of(page)
    body = (
        f"{HEAD}<link rel=stylesheet href=/vendor/swagger-ui/swagger-ui.css>"
        "<script src=/vendor/swagger-ui/swagger-ui-bundle.js></script><script src=/start.js></script></head>"
        "<body><div id=swagger></div></body></html>"
    )
    page.route("**/*", serve(body))
    page.goto("http://house.example/")
    page.get_by_text("/cases").first.wait_for()
    assert complaints == []


def test_a_breach_of_the_policy_is_heard(page: Page) -> None:
    complaints = complaints_of(page)
    page.route("**/*", serve(f"{HEAD}</head><body style='color: red'>t</body></html>"))
    page.goto("http://house.example/")
    assert any("Content Security Policy" in complaint for complaint in complaints)
