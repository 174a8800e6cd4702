"""Every page of the gallery, looked at by a browser: accessible, narrow enough, light enough."""

from __future__ import annotations

import attrs
import pytest
from tests.browser.conftest import TOO_SMALL, Sent, opened, serving, violations
from tests.browser.gallery_site import ASSETS, answer_from
from tests.contrib.web.engines import by_jinja
from tests.contrib.web.gallery import GALLERY

# How light the texts of a page are, and what is painted behind them, from 0 to 255.
LIGHTNESS = """() => {
  const shade = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const drawn = [...document.querySelectorAll('body, body *')].filter(one => one.checkVisibility());
  const all = drawn.map(one => getComputedStyle(one));
  const painted = all.map(one => one.backgroundColor).filter(one => !one.endsWith(', 0)'));
  const whole = colour => (colour.startsWith('color(') ? 255 : 1) / 3;
  const mean = colour => shade(colour).reduce((sum, part) => sum + part) * whole(colour);
  return {ink: all.map(one => mean(one.color)), paper: [255, ...painted.map(mean)]};
}"""
MAX_PAGE = 60_000
MAX_STYLE = 15 * 1024
MAX_SCRIPT = 16 * 1024
PAGES = pytest.mark.parametrize("name", GALLERY)


@pytest.fixture(scope="module")
def site():
    """Serve the gallery."""
    with serving(answer_from(GALLERY, [], Sent)) as url:
        yield url


@pytest.fixture(scope="module", params=[(320, "light"), (1280, "dark")], ids=["phone", "desk"])
def screen(request, browser, site):
    """Open one tab for all pages: on a phone by day, and on a desk by night."""
    width, scheme = request.param
    with opened(browser, viewport={"width": width, "height": 800}, color_scheme=scheme) as tab:
        yield tab


@PAGES
def test_a_page_is_accessible(screen, site, name) -> None:
    """WCAG 2.2 AA as far as axe-core can tell, with no sideways scrolling and 44-pixel targets.

    The other two pairs of width and colours are looked at without loading the page again.
    """
    screen.goto(f"{site}/{name}")
    wide = screen.viewport_size["width"] > 320
    screen.emulate_media(color_scheme="dark" if wide else "light")
    found = violations(screen)
    screen.emulate_media(color_scheme="light" if wide else "dark")
    found += violations(screen)

    assert not found
    assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert screen.evaluate(TOO_SMALL) == []
    assert screen.watch.wrong == []


@PAGES
def test_a_page_is_light(name) -> None:
    """A page with its style sheet and its script stays below 60 kB, before compression."""
    assets = sum(
        len(ASSETS.joinpath(f"registrazione.{kind}").read_bytes()) for kind in ("css", "js")
    )

    assert len(by_jinja(GALLERY[name]).encode()) + assets < MAX_PAGE


def test_the_assets_keep_to_their_budget() -> None:
    """Style sheet and script are small, and ask for nothing."""
    style = ASSETS.joinpath("registrazione.css").read_text("utf-8")

    assert len(style.encode()) <= MAX_STYLE
    assert len(ASSETS.joinpath("registrazione.js").read_bytes()) <= MAX_SCRIPT
    assert "url(" not in style
    assert "@import" not in style


def test_a_page_takes_three_requests(tab, site) -> None:
    """The page, its style sheet, its script, and nothing from elsewhere."""
    tab.goto(f"{site}/fill", wait_until="networkidle")

    assert [address.removeprefix(f"GET {site}") for address in tab.watch.requests] == [
        "/fill",
        "/assets/registrazione.css",
        "/assets/registrazione.js",
    ]


def test_a_site_can_choose_the_colours(tab, site) -> None:
    """The theme of the frame wins over the device's."""
    tab.emulate_media(color_scheme="light")
    tab.goto(f"{site}/english")
    dark = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.goto(f"{site}/sign-in")
    light = tab.evaluate("getComputedStyle(document.body).backgroundColor")

    assert (dark, light) == ("rgb(16, 22, 29)", "rgb(245, 247, 250)")


def test_the_summary_prints_without_its_buttons(tab, site) -> None:
    """On paper there are the facts, and nothing to press."""
    tab.goto(f"{site}/summary")
    tab.emulate_media(media="print")

    assert tab.get_by_text("RSSMRA80A01H501U").is_visible()
    assert not tab.get_by_role("button", name="Conferma").is_visible()


def test_without_scripts_the_faults_have_the_focus(browser, site) -> None:
    """The summary of the faults is focused by the markup, and its links lead to the fields."""
    with opened(browser, java_script_enabled=False) as tab:
        tab.goto(f"{site}/faulty")
        assert tab.locator(".faults:focus").count() == 1
        tab.get_by_role("link", name="Il nome contiene").click()
        assert tab.url.endswith("#field-name")


def test_the_instrument_finds_what_is_wrong(tab, site) -> None:
    """The checks above can fail: a field without its label and a pale text are found."""
    tab.goto(f"{site}/identify")
    tab.evaluate("document.querySelectorAll('label').forEach(label => label.remove())")
    tab.evaluate("document.querySelector('h1').style.color = '#ccc'")
    found = {one.split(":")[0] for one in violations(tab)}

    assert {"label", "color-contrast"} <= found


@pytest.mark.parametrize("width", [390, 768, 1024])
def test_no_page_scrolls_sideways(browser, site, width) -> None:
    """Between the phone and the desk neither, whatever somebody's name is."""
    with opened(browser, viewport={"width": width, "height": 800}) as tab:
        wide = []
        for name in GALLERY:
            tab.goto(f"{site}/{name}")
            if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(name)

    assert not wide


@pytest.mark.parametrize("theme", ["", "dark"])
def test_what_is_printed_is_dark_on_light(browser, theme) -> None:
    """Paper is white, whatever the visitor or the site has chosen for the screen."""
    page = attrs.evolve(
        GALLERY["summary"], frame=attrs.evolve(GALLERY["summary"].frame, theme=theme)
    )
    with (
        serving(answer_from({"summary": page}, [], Sent)) as url,
        opened(browser, color_scheme="dark") as tab,
    ):
        tab.emulate_media(media="print")
        tab.goto(f"{url}/summary")
        shades = tab.evaluate(LIGHTNESS)

    assert max(shades["ink"]) < 130
    assert min(shades["paper"]) > 220
