"""The hardened XML parser under both readers of XES: no DTD, no entities, no network, every limit a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from inspect_app.imports.problems import NotReadable

CHUNK = 2**16
LONGEST = 10 * 2**20
"""No single tag with its attributes may be longer than this many bytes."""

NAMESPACES = ("http://www.xes-standard.org/", "http://www.xes-standard.org", "http://code.deckfour.org/xes")
_TAGS = ("log", "extension", "global", "classifier", "trace", "event", "list", "container", "values",
         "string", "date", "int", "float", "boolean", "id")
TAGS = {tag: tag for tag in _TAGS} | {f"{space}}}{tag}": tag for space in NAMESPACES for tag in _TAGS}
"""Names as the parser reports them, with and without a namespace."""


def hardened() -> expat.XMLParserType:
    """A parser that knows namespaces and refuses every document type declaration."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.ordered_attributes = True

    def no_doctype(*_: object) -> NoReturn:
        raise NotReadable("the file declares a document type, which a log does not need and which can hide entities; "
                          "remove the <!DOCTYPE …> declaration", parser.CurrentLineNumber)

    parser.StartDoctypeDeclHandler = no_doctype
    return parser


def feed(parser: expat.XMLParserType, stream: BinaryIO) -> Iterator[None]:
    """Hand the stream to the parser piece by piece, pausing after each so that what is ready can be passed on."""
    fed = 0
    while chunk := stream.read(CHUNK):
        _parse(parser, chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > LONGEST:
            raise NotReadable(f"one tag is longer than {LONGEST // 2**20} MB; is this a log?", parser.CurrentLineNumber)
        yield
    if not fed:
        raise NotReadable("the file is empty; export the log again")
    _parse(parser, b"", True)
    yield


def _parse(parser: expat.XMLParserType, chunk: bytes, last: bool) -> None:
    try:
        parser.Parse(chunk, last)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code) or "unknown error"
        if last:
            raise NotReadable(f"the file ends too early ({what}); copy it again, whole", error.lineno) from None
        raise NotReadable(f"this is not well-formed XML ({what}); export the log again as XES", error.lineno) from None
    except (LookupError, ValueError) as error:
        raise NotReadable(f"the encoding of the file cannot be read ({error}); save it as UTF-8",
                          parser.CurrentLineNumber) from None


def named(attrs: list[str]) -> dict[str, str]:
    """The attributes of a tag by name."""
    return dict(zip(attrs[::2], attrs[1::2], strict=True))
