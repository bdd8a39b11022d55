"""What the system says, on its page: found, heard, said in other words, and as shipped again; whose page it is."""

from __future__ import annotations

from tests.pages.visitor import Visitor

PAGE = "/c/acme.example/settings/sentences"


def test_a_sentence_is_found_replaced_and_taken_back(manager: Visitor) -> None:
    seen = manager.get(f"{PAGE}?search=mailbox+FULL")
    assert "This mailbox is full and cannot take messages." in seen.text and "Goodbye." not in seen.text
    one = f"{PAGE}?sentence=mailbox-full"
    assert "As shipped" in manager.get(one).text
    before = manager.get(f"{PAGE}/mailbox-full/audio")
    assert before.headers["content-type"] == "audio/wav"
    sent = {"sentence": "mailbox-full", "do": "speak", "words": "There is no room left.", "voice": "flite:rms"}
    assert manager.post(PAGE, sent).location == one
    seen = manager.get(one)
    assert "Own sound" in seen.text and "As shipped again" in seen.text
    assert manager.post(PAGE, {"sentence": "mailbox-full", "do": "shipped"}).status == 303
    assert "Own sound" not in manager.get(one).text


def test_what_is_missing_is_said_and_the_words_stay(manager: Visitor) -> None:
    wrong = manager.post(PAGE, {"sentence": "hold", "do": "upload"})
    assert wrong.status == 422 and "Choose an audio file first." in wrong.text
    wrong = manager.post(PAGE, {"sentence": "hold", "do": "speak", "words": "One second.", "voice": "nobody"})
    assert wrong.status == 422 and "There is no such voice" in wrong.text and "One second." in wrong.html
    assert manager.post(PAGE, {"sentence": "nothing", "do": "shipped"}).status == 404
    assert "No sentence with these words" in manager.get(f"{PAGE}?search=zebra").text


def test_it_is_the_office_managers_page(person: Visitor) -> None:
    assert person.get(PAGE).status == 403
    assert person.post(PAGE, {"sentence": "hold", "do": "shipped"}).status == 403
