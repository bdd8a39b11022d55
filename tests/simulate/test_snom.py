"""Snom: the model's file, the phone's own, indexes, firmware documents, the browser's directory."""

from __future__ import annotations

from tests.simulate.shelf import MAC, URL, asks, names, unit

BIG = MAC.upper()
OWN = f"snomD785-{BIG}.htm"


def settings(more: str = "") -> str:
    identity = (
        '<user_name idx="1">108</user_name><user_pass idx="1">x</user_pass><user_host idx="1">a.example</user_host>'
    )
    return f"<settings><phone-settings>{identity}{more}</phone-settings></settings>"


def index(*urls: str) -> str:
    files = "".join(f'<file url="{url}"/>' for url in urls)
    return f"<setting-files>{files}</setting-files>"


def test_the_models_file_and_then_its_own() -> None:
    phone, requests = asks(unit("D785", modules=2), {OWN: settings()})

    assert names(requests) == ["snomD785.htm", OWN]
    said = requests[0].headers["User-Agent"]
    assert said.startswith("Mozilla/4.0 (compatible; snomD785-SIP 10.1.169.14 ")
    assert said.endswith(f" {BIG} SXM:0 UXM:2)")
    assert phone.up


def test_the_files_of_an_index_are_fetched_in_its_order_and_its_own_only_once() -> None:
    files = {
        "snomD785.htm": index("general.xml", f"{URL}snomD785-{{mac}}.htm"),
        "general.xml": settings("<language>Deutsch</language>"),
        OWN: settings("<language>English</language>"),
    }
    phone, requests = asks("D785", files)

    assert names(requests) == ["snomD785.htm", "general.xml", OWN]
    assert phone.reading and phone.reading.settings["language"] == "en"


def test_an_index_that_leads_nowhere_is_no_configuration() -> None:
    phone, requests = asks("D785", {"snomD785.htm": index("gone.xml")})

    assert names(requests) == ["snomD785.htm", "gone.xml", OWN]
    assert "got no configuration" in phone.failure
    assert "The server has no gone.xml for it (status 404)." in phone.problems


def test_an_index_of_itself_ends() -> None:
    files = {"snomD785.htm": index("a.xml"), "a.xml": index("b.xml"), "b.xml": index("c.xml"), "c.xml": index("d.xml")}
    phone, requests = asks("D785", files)

    assert names(requests) == ["snomD785.htm", "a.xml", "b.xml", "c.xml", OWN]
    assert any("reads no further" in problem for problem in phone.problems)


def test_an_address_may_hold_the_mac() -> None:
    _, requests = asks("D785", {f"{BIG}.xml": settings()}, url=f"{URL}{{mac}}.xml")
    assert names(requests) == [f"{BIG}.xml"]

    _, requests = asks("D785", {f"all-{BIG}.xml": settings()}, url=f"{URL}all.xml")
    assert names(requests) == ["all.xml", f"all-{BIG}.xml"]


def test_the_firmware_document_leads_to_the_image() -> None:
    status = f"<firmware_status>{URL}fw-{{mac}}.htm</firmware_status>"
    image = "<firmware-settings><firmware>http://pbx.example/firmware/a.bin</firmware></firmware-settings>"
    _, requests = asks("D785", {OWN: settings(status), f"fw-{BIG}.htm": image})
    assert names(requests)[2:] == [f"fw-{BIG}.htm", "HEAD firmware/a.bin"]

    never = status + "<update_policy>settings_only</update_policy>"
    _, requests = asks("D785", {OWN: settings(never), f"fw-{BIG}.htm": image})
    assert names(requests) == ["snomD785.htm", OWN]


def test_f4_turns_the_page_and_f1_opens_the_form() -> None:
    def soft(name: str, url: str) -> str:
        return f"<SoftKeyItem><Name>{name}</Name><URL>{url}</URL></SoftKeyItem>"

    def page(name: str, more: str = "") -> str:
        entry = f"<DirectoryEntry><Name>{name}</Name><Telephone>1</Telephone></DirectoryEntry>"
        return f"<SnomIPPhoneDirectory>{entry}{more}{soft('F1', 'http://h/form.xml')}</SnomIPPhoneDirectory>"

    form = "<InputItem><QueryStringParam>q</QueryStringParam></InputItem>"
    files = {
        OWN: settings("<dkey_directory>url http://h/d.xml</dkey_directory>"),
        "d.xml": page("Ada", soft("F4", "http://h/d.xml?page=2")),
        "d.xml?page=2": page("Grace"),
        "form.xml": f"<SnomIPPhoneInput><URL>http://h/d.xml?x=1</URL>{form}</SnomIPPhoneInput>",
        "d.xml?x=1&q=a%26b": page("A&amp;B"),
    }
    phone, requests = asks("D785", files, search="a&b")

    assert names(requests)[2:] == ["d.xml", "d.xml?page=2", "form.xml", "d.xml?x=1&q=a%26b"]
    assert [contact.name for contact in phone.directory] == ["Ada", "Grace"]
    assert phone.found is not None and [contact.name for contact in phone.found] == ["A&B"]
