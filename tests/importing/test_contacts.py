"""Phone books of many phones become shared contacts, each once."""

from __future__ import annotations

import pytest

from provd.importing.contacts import new_contacts, split_name
from provd.importing.plan import NewContact
from provd.simulate.reading import ReadContact


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")),
        ("Lovelace, Ada", ("Ada", "Lovelace")),
        ("Ada", ("", "Ada")),
        ("Ludwig van Beethoven", ("Ludwig van", "Beethoven")),
        ("Ada,", ("", "Ada,")),
        ("", ("", "")),
    ],
)
def test_names_are_parted(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


def test_the_same_entry_in_many_books_is_one_contact_with_all_its_numbers() -> None:
    made, _ = new_contacts(
        [
            ReadContact("City Taxi", ("+1 303 555 0142",)),
            ReadContact("taxi, city", ("+13035550142", "911")),
            ReadContact("", ("555-1234",)),
        ],
        (),
        (),
    )
    assert made == (NewContact("City", "Taxi", ("+1 303 555 0142", "911")), NewContact("", "555-1234", ("555-1234",)))


def test_people_and_contacts_of_the_company_are_not_made_again() -> None:
    entries = [ReadContact("Maria", ("201",)), ReadContact("Ingrid Larsen", ("+47 2233",)), ReadContact("Bob", ("7",))]
    made, _ = new_contacts(entries, {"201"}, [("Ingrid", "Larsen", ("+472233",))])
    assert made == (NewContact("", "Bob", ("7",)),)


def test_what_cannot_be_dialled_is_counted_and_left_out() -> None:
    made, undiallable = new_contacts([ReadContact("Help", ("sip:help@x",)), ReadContact("x\ny", ("1",))], (), ())
    assert (made, undiallable) == ((NewContact("x", "y", ("1",)),), 1)
