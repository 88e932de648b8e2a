"""Every page can be read by everyone: axe finds nothing, in both languages, on a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import phone, sign_in

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # of what passes, no lists are made
}
OWN_UPLOAD = "the newest list of the liaison's own"
OPEN_PAGES = [
    ("public", "/"),
    ("public", "/latihan-2026/instansi/kab-contoh-jaya"),
    ("public", "/tren"),
    ("public", "/amplop"),
    ("public", "/metode"),
    ("public", "/masuk"),
    ("public", "/no-such-page"),
    ("registry", "/masuk"),
    ("registry", "/resmi"),
    ("registry", "/cek"),
    ("registry", "/cabut"),
    ("booth", "/"),
    ("booth", "/latihan"),
    ("assisted", "/"),
    ("public", "/permainan"),
    ("whatsapp", "/"),
    ("mail", "/"),
]
STAFF_PAGES = [
    (
        "registry",
        "otoritas",
        [
            "/",
            "/rancangan",
            "/kerangka",
            "/penarikan",
            "/undangan",
            "/penutupan",
            "/akun",
            "/akun/aplikasi",
            "/masuk/sandi",
            "/staf",
            "/staf/pelaksana",
            "/catatan",
        ],
    ),
    ("registry", "pelaksana", ["/", "/undangan", "/kemajuan"]),
    (
        "registry",
        "inspektorat-kab-contoh-jaya",
        ["/", "/kerangka/kab-contoh-jaya/internal", "/kerangka", OWN_UPLOAD, "/kemajuan"],
    ),
    (
        "public",
        "otoritas",
        [
            "/rancangan",
            "/kotak",
            "/latihan-2027/kotak/tutup",
            "/latihan-2026/estimasi",
            "/latihan-2026/koreksi",
            "/latihan-2026/rilis",
        ],
    ),
]


@pytest.fixture(scope="module")
def reading_phone(chromium, demo):
    """A phone for all pages that are only looked at: a new one is a new process of the browser."""
    with phone(chromium) as page:
        yield page


@pytest.fixture
def reader(reading_phone):
    """The phone of the pages that are looked at, which remembers no language."""
    reading_phone.context.clear_cookies()
    return reading_phone


def violations(page):
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url} {v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"][:3]]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("process", "path"), OPEN_PAGES)
def test_an_open_page_has_no_barrier(reader, demo, process, path, language):
    """Pages that anybody may open."""
    reader.goto(demo.url(process, f"{path}?lang={language}"))

    assert violations(reader) == []


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("process", "name", "paths"), STAFF_PAGES)
def test_a_staff_page_has_no_barrier(page, demo, process, name, paths, language):
    """Pages of each role, signed in."""
    sign_in(page, demo, process, name)
    found = []
    for path in paths:
        if path == OWN_UPLOAD:
            page.locator("a[href*='/kerangka/unggahan/']").first.click()
            page.wait_for_url("**/unggahan/**")
        else:
            page.goto(demo.url(process, f"{path}?lang={language}"))
        found += violations(page)

    assert found == []


@pytest.mark.parametrize(("process", "path"), OPEN_PAGES)
def test_no_page_scrolls_sideways_on_a_phone(reader, demo, process, path):
    """At 360 px nothing but a table's own frame is wider than the screen."""
    reader.goto(demo.url(process, path))

    assert reader.evaluate("document.documentElement.scrollWidth") <= 360
