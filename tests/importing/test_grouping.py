"""Files are put together as each vendor's phone would read them, and the model is found in them."""

from __future__ import annotations

import pytest

from provd.catalogue import Catalogue
from provd.importing.grouping import FoundFile, Group, Library, groups, reading_of
from provd.importing.naming import understand_name
from provd.importing.recognise import Choices, ModelFinder, Recognised
from provd.simulate.reading import Unreadable

MAC = "805ec0a10001"
HEAD = "#!version:1.0.0.1\n"
OWN = HEAD + "account.1.enable = 1\naccount.1.user_name = 101\n"


def found(path: str, text: str) -> FoundFile:
    name = path.rsplit("/", 1)[-1]
    understood = understand_name(name)
    return FoundFile(path, name, text.encode(), understood.mac, understood.role)


def look(*files: FoundFile) -> tuple[list[Group], Library]:
    return groups(files)[0], Library(files)


def used(shipped: Catalogue, model: str, *files: FoundFile) -> tuple[list[str], list[str]]:
    (group,), library = look(*files)
    _, order, missing = reading_of(group, library, shipped.models[model])
    return [file.path for file in order], missing


def recognised(shipped: Catalogue, *files: FoundFile, **choices: dict[str, str]) -> Recognised:
    (group,), library = look(*files)
    finder = ModelFinder(shipped.models, shipped.families)
    return finder.find(group, library, Choices(**choices))


def test_a_yealink_boot_file_says_what_is_read_and_in_which_order(shipped: Catalogue) -> None:
    order, missing = used(
        shipped,
        "yealink-t46u",
        found(
            f"{MAC}.boot", HEAD + 'include:config "site.cfg"\ninclude:config <$MAC.cfg>\ninclude:config "gone.cfg"\n'
        ),
        found("site.cfg", HEAD + "a.b = 1\n"),
        found(f"{MAC}.cfg", OWN),
        found(f"{MAC}-local.cfg", HEAD + "a.b = 2\n"),
    )
    assert order == ["site.cfg", f"{MAC}.cfg", f"{MAC}-local.cfg"]
    assert missing == [f"{MAC}.boot names gone.cfg, which is not in the folder."]


def test_the_common_file_nearest_to_the_phone_counts(shipped: Catalogue) -> None:
    order, _ = used(
        shipped,
        "yealink-t46u",
        found("y000000000108.cfg", HEAD),
        found("denver/y000000000108.cfg", HEAD),
        found(f"denver/{MAC}.cfg", OWN),
    )
    assert order == ["denver/y000000000108.cfg", f"denver/{MAC}.cfg"]


def test_a_poly_phone_without_a_master_reads_what_carries_its_mac(shipped: Catalogue) -> None:
    order, _ = used(
        shipped,
        "poly-vvx450",
        found("64167fa10001.cfg", '<PHONE reg.1.address="101"/>'),
        found("64167fa10001-web.cfg", '<PHONE reg.1.label="Web"/>'),
    )
    assert order == ["64167fa10001.cfg", "64167fa10001-web.cfg"]


def test_a_grandstream_phone_stops_at_its_own_file(shipped: Catalogue) -> None:
    text = '<gs_provision version="1"><config version="2"><item name="{}">{}</item></config></gs_provision>'
    files = (
        found("cfgc074ada10001.xml", text.format("account.1.name", "Lab")),
        found("cfg.xml", text.format("account.2.name", "Common")),
    )
    (group,), library = look(*files)
    reading, _, _ = reading_of(group, library, shipped.models["grandstream-grp2615"])
    assert dict(reading.parameters) == {"account.1.name": "Lab"}
    assert any("stops at the first file" in problem for problem in reading.problems)


def test_of_two_copies_the_higher_one_is_used(shipped: Catalogue) -> None:
    made, copies = groups([found(f"old/backup/{MAC}.cfg", HEAD), found(f"new/{MAC}.cfg", OWN)])
    assert [file.path for group in made for file in group.files] == [f"new/{MAC}.cfg"]
    assert [file.path for file in copies] == [f"old/backup/{MAC}.cfg"]


def test_a_file_that_cannot_be_read_is_left_out_with_its_reason(shipped: Catalogue) -> None:
    good = found("00562ba10001.xml", "<flat-profile><User_ID_1_>101</User_ID_1_></flat-profile>")
    _, missing = used(shipped, "cisco-cp-8851", found("8851-3PCC.xml", "<flat-profile><broken"), good)
    assert len(missing) == 1 and missing[0].startswith("8851-3PCC.xml was left out: The file is not well-formed")
    with pytest.raises(Unreadable, match="well-formed"):
        used(shipped, "cisco-cp-8851", found("00562ba10001.xml", "<flat-profile><broken"))


@pytest.mark.parametrize(
    ("files", "model", "words"),
    [
        ((found(f"{MAC}.cfg", OWN), found("y000000000108.cfg", HEAD)), "yealink-t46u", "common file"),
        ((found(f"{MAC}.cfg", OWN + "# SIP-T54W\n"),), "yealink-t54w", "name the model"),
        ((found(f"{MAC}.cfg", OWN + "firmware.url = http://x/96.86.0.45.rom\n"),), "yealink-t54w", "firmware"),
        ((found("snomD785-000413A10001.htm", "<settings/>"),), "snom-d785", "name the model"),
        (
            (found("64167fa10001.cfg", '<APPLICATION APP_FILE_PATH_VVX450="a"/><!-- VVX 450 -->'),),
            "poly-vvx450",
            "name the model",
        ),
        ((found("64167fa10001.cfg", '<PHONE_CONFIG a="VVX_450"/>'),), "poly-vvx450", "name the model"),
        ((found("482567a10001.cfg", '<PHONE_CONFIG reg.1.address="1" a="Edge_E350"/>'),), "poly-edge-e350", "name"),
        ((found("0002fda10001.xml", "<flat-profile><!-- SPA508G --></flat-profile>"),), "cisco-spa508g", "name"),
    ],
)
def test_the_model_is_found(shipped: Catalogue, files: tuple[FoundFile, ...], model: str, words: str) -> None:
    result = recognised(shipped, *files)
    assert result.model is not None and result.model.id == model, result.how
    assert words in result.how


def test_of_two_common_files_the_content_decides(shipped: Catalogue) -> None:
    commons = found("y000000000108.cfg", HEAD), found("y000000000096.cfg", HEAD)
    assert recognised(shipped, found(f"{MAC}.cfg", OWN), *commons).model is None
    result = recognised(shipped, found(f"{MAC}.cfg", OWN + "# T54W\n"), *commons)
    assert result.model is not None and result.model.id == "yealink-t54w"


def test_models_that_cannot_be_told_apart_are_asked_for(shipped: Catalogue) -> None:
    shared = found("y000000000123.cfg", HEAD)  # T31G and T31P ask for the same
    result = recognised(shipped, found(f"{MAC}.cfg", OWN), shared)
    assert result.model is None and "It may be yealink-t31g or yealink-t31p" in result.how
    result = recognised(shipped, found(f"{MAC}.cfg", OWN), shared, defaults={"yealink": "yealink-t31p"})
    assert result.model is not None and "default" in result.how


def test_what_is_said_wins_unless_it_is_of_another_vendor(shipped: Catalogue) -> None:
    file = found(f"{MAC}.cfg", OWN + "# T54W\n")
    result = recognised(shipped, file, models={MAC: "yealink-t46u"})
    assert result.model is not None and result.model.id == "yealink-t46u"
    wrong = recognised(shipped, file, models={MAC: "poly-vvx450"})
    assert wrong.model is None and "those of a Yealink phone" in wrong.how


def test_a_file_of_no_known_format_is_no_phone(shipped: Catalogue) -> None:
    assert "in no format" in recognised(shipped, found(f"{MAC}.cfg", "hello")).how
