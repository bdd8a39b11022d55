"""The key editor in a browser: a key from the click to *applied*, by keyboard alone, by dragging, by two at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.simulate.office import Office

pytestmark = pytest.mark.browser

YEALINK, SECOND, DONALDS, SNOM = "805ec0000101", "249ad8000111", "000b82000107", "000413000108"
Browse = Callable[..., Any]


def keys(mac: str) -> str:
    return f"/c/acme.example/phones/{mac}/keys"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("keys")) as running:
        yield running


def key(page: Any, position: str, words: str = "") -> Any:
    """A key of the picture, once it says these words."""
    return page.locator(f"[id='key-{position}']" + (f"[aria-label*='{words}']" if words else ""))


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_a_key_is_edited_saved_and_applied_when_the_phone_has_it(browse: Browse, server: Office) -> None:
    from playwright.sync_api import expect

    page = browse("101", keys(SECOND))
    page.get_by_role("link", name="Key 17: empty").first.click()
    expect(page).to_have_url(f"{page.url.split('/c/')[0]}{keys(SECOND)}/17")
    page.get_by_label("Feature").select_option(label="User (BLF)")
    panel = page.locator("#key-panel")
    expect(panel.get_by_text("Key 17 (User (BLF)) needs the extension of a person.")).to_be_visible()
    expect(page.get_by_role("button", name="Save and update 1 phone")).to_be_disabled()
    page.get_by_role("combobox", name="Person").fill("106")
    page.get_by_role("combobox", name="Person").press("Tab")
    expect(
        page.get_by_role(
            "link", name="Key 17: busy lamp, Katherine Johnson (106), set on this phone, not saved yet"
        ).first
    ).to_be_visible()
    assert focused(page) == "key-label", "the focus stays where the person is"
    expect(page.get_by_role("region", name="Changes of").first).to_contain_text("linekey.17.value = 106")
    page.get_by_role("button", name="Save and update 1 phone").click()
    progress = page.get_by_role("region", name="The phone", exact=True)
    expect(progress).to_contain_text("not registered; it is told as soon as it is")
    expect(progress.locator("[aria-current=step]")).to_contain_text("Queued")
    phone = server.boot(SECOND)
    assert [one.target for one in phone.keys if one.number == 17] == ["106"]
    expect(progress.locator("[aria-current=step]")).to_contain_text("Applied", timeout=5_000)
    expect(page.locator("#editor")).not_to_contain_text("not saved:")


def test_the_whole_way_by_keyboard(browse: Browse) -> None:
    from playwright.sync_api import expect

    page = browse("101", keys(YEALINK))
    key(page, "1").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert focused(page) == "key-7", "the key on the other side of the screen"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Key 9")).to_be_visible()
    expect(page.get_by_label("Feature")).to_be_focused()
    page.keyboard.press("c")  # Call Park, as a select is chosen by its first letters
    expect(page.get_by_role("combobox", name="Park orbit")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("combobox", name="Park orbit")).to_be_focused()
    page.keyboard.type("709")
    page.keyboard.press("Tab")
    expect(key(page, "9", "call park, 709")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="1 change not saved")).to_be_visible()
    expect(key(page, "9")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(key(page, "8", "call park, 709")).to_be_focused()
    expect(page.locator("#say")).to_have_text("709 moved to key 8 of 87.")
    page.keyboard.press("Control+z")
    expect(key(page, "9", "call park, 709")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(key(page, "9", "call park, Call Park")).to_be_visible()
    page.get_by_role("button", name="Discard").press("Enter")
    expect(page.get_by_role("heading", name="Choose a key")).to_be_visible()


def test_keys_are_dragged_on_the_picture_and_in_the_list(browse: Browse) -> None:
    from playwright.sync_api import expect

    page = browse("101", keys(YEALINK))
    number = page.locator("#key-7 .pmd-lamp-key").bounding_box()
    aim = page.locator("#key-3 .pmd-lamp-key").bounding_box()
    page.mouse.move(number["x"] + 8, number["y"] + 8)
    page.mouse.down()
    page.mouse.move(aim["x"] + 30, aim["y"] + 40, steps=3)
    page.mouse.move(aim["x"] + 10, aim["y"] + 8, steps=2)
    page.mouse.up()
    expect(key(page, "3", "Taxi")).to_be_visible()
    expect(page.locator("#say")).to_have_text("Taxi moved to key 3 of 87.")
    page.get_by_role("link", name="List", exact=True).click()
    rows = page.locator(".pmd-list tbody tr")
    rows.nth(2).locator(".keys-grip").drag_to(rows.nth(5).locator(".keys-grip"))
    expect(page.locator("#say")).to_have_text("Taxi moved to key 6 of 87.")
    expect(rows.nth(5)).to_contain_text("Taxi")
    page.get_by_role("button", name="Undo").click()
    expect(rows.nth(2)).to_contain_text("Taxi")
    page.get_by_role("button", name="Discard").click()
    expect(rows.nth(6)).to_contain_text("Taxi")


def test_the_directory_is_cascaded_and_ordered(browse: Browse) -> None:
    from playwright.sync_api import expect

    page = browse("101", f"{keys(SNOM)}/5")
    page.get_by_text("Cascade the directory from here").click()
    page.get_by_label("Who").select_option("Sales")
    page.get_by_role("button", name="As it is today").click()
    expect(key(page, "5", "Donald Knuth")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(page.get_by_role("heading", name="Key 5")).to_be_visible()
    page.get_by_role("link", name="Directory", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Sorted by").select_option("last_name")
    expect(dialog.get_by_role("listitem").first).to_contain_text("Tim Berners-Lee")
    dialog.get_by_role("button", name="Leave out Tim Berners-Lee").click()
    expect(dialog.get_by_role("button", name="Show Tim Berners-Lee")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(key(page, "3", "Edsger Dijkstra")).to_be_visible()
    page.get_by_role("button", name="Discard").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_it(browse: Browse, axe: Callable[[Any], None], theme: str) -> None:
    from playwright.sync_api import expect

    page = browse("101", f"{keys(SECOND)}/18", theme=theme)
    page.get_by_label("Feature").select_option(label="User (BLF)")
    expect(page.get_by_role("combobox", name="Person")).to_be_visible()
    expect(page.get_by_role("region", name="Changes of").first).to_be_visible()
    for fold in ("Move", "Cascade the directory from here"):
        page.locator("#key-panel summary").get_by_text(fold).click()
    page.get_by_label("Save in another way").click()
    axe(page)
    page.get_by_label("Save in another way").click()
    for name in ("Directory", "Settings", "History"):
        page.get_by_role("link", name=name, exact=True).last.click()
        expect(page.get_by_role("dialog").get_by_role("heading", name=name)).to_be_visible()
        axe(page)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("heading", name="Choose a key")).to_be_visible()
    page.get_by_role("link", name="List", exact=True).click()
    expect(page.get_by_role("table")).to_be_visible()
    axe(page)
    expect(page.locator("#key-panel")).to_match_aria_snapshot("""
      - complementary "Draft":
        - heading "Choose a key" [level=2]
        - paragraph: Click a key to say what it does. Nothing reaches the phone before you save.
    """)
