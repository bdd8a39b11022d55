"""Poly: master file by Updater and application, the list in it, overrides, directory."""

from __future__ import annotations

from tests.simulate.shelf import MAC, asks, names

SETTINGS = (
    '<a reg.1.address="101" reg.1.auth.password="x" reg.1.server.1.address="pbx.example" '
    'lineKey.reassignment.enabled="1" lineKey.1.category="Line" lineKey.1.index="1" '
    'lineKey.2.category="SpeedDial" lineKey.2.index="1" {}/>'
)
BOOK = "<directory><item_list><item><fn>Taxi</fn><ct>0123</ct><sd>1</sd></item></item_list></directory>"
TAIL = [f"{MAC}-phone.cfg", f"{MAC}-web.cfg", f"{MAC}-license.cfg", "000000000000-license.cfg"]


def master(files: str, more: str = "") -> str:
    return f'<APPLICATION APP_FILE_PATH="" CONFIG_FILES="{files}" {more}/>'


FILES = {f"{MAC}.cfg": master("[PHONE_MAC_ADDRESS]-settings.cfg"), f"{MAC}-settings.cfg": SETTINGS.format("")}


def test_the_order_of_the_guide() -> None:
    phone, requests = asks("VVX450", FILES | {f"{MAC}-directory.xml": BOOK})

    own = [f"{MAC}.cfg", f"{MAC}.cfg", f"{MAC}-settings.cfg"]
    assert names(requests) == [*own, *TAIL, f"{MAC}-directory.xml", f"{MAC}-calls.xml"]
    agents = [request.headers["User-Agent"] for request in requests]
    assert agents[0] == "FileTransport PolycomVVX-VVX_450-UA/5.9.9.2012 Type/Updater"
    assert set(agents[1:]) == {"FileTransport PolycomVVX-VVX_450-UA/6.4.6.2453 Type/Application"}
    assert phone.up and [(key.kind, key.target) for key in phone.keys] == [("line", ""), ("speed_dial", "0123")]
    assert [contact.name for contact in phone.directory] == ["Taxi"]


def test_the_files_for_all_stand_in_for_its_own() -> None:
    files = {"000000000000.cfg": master(f"{MAC}-settings.cfg"), "000000000000-directory.xml": BOOK}
    phone, requests = asks("Edge E350", files | {f"{MAC}-settings.cfg": SETTINGS.format("")})

    first = [f"{MAC}.cfg", "000000000000.cfg"]
    books = [f"{MAC}-directory.xml", "000000000000-directory.xml"]
    assert names(requests) == [*first, *first, f"{MAC}-settings.cfg", *TAIL, *books, f"{MAC}-calls.xml"]
    assert "PolyEdge-Edge_E350-UA/8.2.1.0246" in requests[3].headers["User-Agent"]
    assert phone.up


def test_a_list_for_the_model_takes_the_place_of_the_general_one_and_the_leftmost_file_wins() -> None:
    files = {
        f"{MAC}.cfg": '<APPLICATION CONFIG_FILES="all.cfg"><A CONFIG_FILES_VVX450="one.cfg, two.cfg"/></APPLICATION>',
        "one.cfg": SETTINGS.format('reg.1.label="One"'),
        "two.cfg": SETTINGS.format('reg.1.label="Two"'),
    }
    phone, requests = asks("VVX450", files)

    assert names(requests)[2:4] == ["one.cfg", "two.cfg"]
    assert phone.accounts[0].label == "One"


def test_what_was_changed_on_the_phone_beats_the_server() -> None:
    phone, _ = asks("VVX450", FILES | {f"{MAC}-phone.cfg": '<O reg.1.label="Mine"/>'})

    assert phone.accounts[0].label == "Mine"


def test_an_address_may_name_the_master_file_and_folders_may_be_elsewhere() -> None:
    more = 'CONTACTS_DIRECTORY="books" OVERRIDES_DIRECTORY="own/" LICENSE_DIRECTORY="/licences"'
    files = {"acme-phones.cfg": master(f"{MAC}-settings.cfg", more), f"{MAC}-settings.cfg": SETTINGS.format("")}
    _, requests = asks("VVX450", files, url="http://pbx.example/p/Token-Of-The-Company/acme-phones.cfg")

    asked = names(requests)
    assert asked[:2] == ["acme-phones.cfg", "acme-phones.cfg"]
    assert {f"own/{MAC}-phone.cfg", f"licences/{MAC}-license.cfg", f"books/{MAC}-directory.xml"} <= set(asked)


def test_it_says_its_serial_number_once_it_was_told_to() -> None:
    files = FILES | {f"{MAC}-settings.cfg": SETTINGS.format('device.prov.tagSerialNo="1"')}
    _, requests = asks("VVX450", files)

    assert "(SN:" not in requests[2].headers["User-Agent"]
    assert f"-UA/6.4.6.2453 (SN:{MAC}) Type/Application" in requests[3].headers["User-Agent"]


def test_a_bare_host_means_ftp_which_is_told_and_not_tried() -> None:
    phone, requests = asks("VVX450", FILES, url="pbx.example")

    assert requests == [] and not phone.up
    assert any("FTP" in problem for problem in phone.problems)
