"""XML as a phone's small parser takes it, and nothing that could be turned against the reader.  (pure)

Document type declarations are refused, so the only entities are the five of XML 1.0 (section 4.6) and character
references; size, depth and the number of elements are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from provd.simulate.reading.reading import SIZE_LIMIT, Unreadable

DEPTH_LIMIT = 32
ELEMENT_LIMIT = 100_000


@dataclass(slots=True)
class Element:
    """One element. `text` is all the character text directly inside it; `closed` tells `<a/>` from `<a></a>`."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""
    closed: bool = False

    def child(self, tag: str) -> Element | None:
        """The last child with this tag, or None."""
        found = [child for child in self.children if child.tag == tag]
        return found[-1] if found else None

    def text_of(self, tag: str) -> str:
        """The text of the last child with this tag without blanks around it, or ""."""
        found = self.child(tag)
        return found.text.strip() if found else ""

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


class _Tree:
    """Collects expat's events into elements; raises Unreadable when a bound is passed."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.open: list[tuple[Element, list[str]]] = []
        self.root: Element | None = None
        self.count = 0

    def doctype(self, *_: object) -> None:
        raise Unreadable("The file declares a document type, which no phone needs: take the <!DOCTYPE …> out.")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > ELEMENT_LIMIT:
            raise Unreadable(f"The file has more than {ELEMENT_LIMIT} elements, more than any phone reads.")
        if len(self.open) >= DEPTH_LIMIT:
            raise Unreadable(f"The file nests more than {DEPTH_LIMIT} elements, deeper than any phone reads.")
        element = Element(tag, attributes)
        if self.open:
            self.open[-1][0].children.append(element)
        else:
            self.root = element
        self.open.append((element, []))

    def characters(self, text: str) -> None:
        if self.open:
            self.open[-1][1].append(text)

    def end(self, _: str) -> None:
        element, pieces = self.open.pop()
        element.text = "".join(pieces)
        at = self.parser.CurrentByteIndex
        before = self.content[max(0, at - 4) : at].replace(b"\0", b"")
        element.closed = not element.children and not pieces and before.endswith(b"/>")


def parse_markup(content: bytes) -> Element:
    """The root element of an XML document; Unreadable when it is not one, or not one to be trusted."""
    if len(content) > SIZE_LIMIT:
        raise Unreadable(f"The file has {len(content)} bytes; {SIZE_LIMIT} are the most that is read.")
    tree = _Tree(content)
    try:
        tree.parser.Parse(content, True)
    except Unreadable:
        raise
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Unreadable(_reason(tree.parser, error)) from None
    if tree.root is None:
        raise Unreadable("The file holds no XML element.")
    return tree.root


def _reason(parser: expat.XMLParserType, error: Exception) -> str:
    if isinstance(error, expat.ExpatError):
        what = expat.ErrorString(error.code) or "it breaks off"
        return f"The file is not well-formed XML at line {error.lineno}, column {error.offset + 1}: {what}."
    return f"The file names a character encoding that cannot be read, near line {parser.CurrentLineNumber}."
