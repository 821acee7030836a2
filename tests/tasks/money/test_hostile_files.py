"""Files that are no bank's: each is refused in one line, at once, and gives nothing away."""

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from programme.money.bank.payments import BankFeedback
from tasks.money.bank import documents, unpacking
from tasks.money.bank.feedback import StatementRefused, read_feedback
from tests.tasks.money.bank_files import ISO, OURS, Movement, Status, statement, status_report, zipped

GOOD = statement([Movement(500, "S20261201-1-0001"), Movement(900, credit=True, reason="AC04", end_to_end_id="x")])
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


def with_dtd(dtd: str, value: str = "") -> bytes:
    """A statement with a DTD, and with `value` in the place of its id."""
    return GOOD.replace(DECLARATION, DECLARATION + dtd.encode()).replace(b"STMT-1", value.encode() or b"STMT-1")


def refusal(data: bytes, name: str = "statement.xml") -> str:
    with pytest.raises(StatementRefused) as refused:
        read_feedback(data, name, OURS)
    said = str(refused.value)
    assert said.isprintable()
    assert len(said) < 500
    return said


DTDS = {
    "an entity bomb": with_dtd(f'<!DOCTYPE Document [<!ENTITY l0 "lol">{BOMB}]>', "&l11;"),
    "a bomb in an attribute": with_dtd(f'<!DOCTYPE Document [<!ENTITY l0 "lol">{BOMB}]>').replace(b'"EUR"', b'"&l11;"'),
    "a quadratic bomb": with_dtd(f'<!DOCTYPE Document [<!ENTITY a "{"a" * 100_000}">]>', "&a;" * 1_000),
    "a file of ours": with_dtd('<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
    "an address": with_dtd('<!DOCTYPE Document [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>', "&x;"),
    "a parameter entity": with_dtd('<!DOCTYPE Document [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>'),
    "an external DTD": with_dtd('<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd">'),
    "a DTD alone": with_dtd("<!DOCTYPE Document>"),
    "a DTD in UTF-16": with_dtd("<!DOCTYPE Document>").decode().replace("UTF-8", "UTF-16").encode("utf-16"),
}


@pytest.mark.parametrize("data", DTDS.values(), ids=DTDS)
def test_a_document_type_is_refused_before_it_is_read(data: bytes) -> None:
    """Entity bombs and external entities cost nothing and fetch nothing."""
    assert "it has a document type (DTD)" in refusal(data)


def test_the_second_parser_expands_nothing_either(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Should a DTD ever pass the first look, it is refused after the second, and no file was read for it."""
    secret = tmp_path / "secret"
    secret.write_text("GEHEIM")
    data = with_dtd(f'<!DOCTYPE Document [<!ENTITY x SYSTEM "{secret.as_uri()}">]>', "&x;")
    monkeypatch.setattr("tasks.money.bank.documents._outermost", lambda *_: f"{ISO}camt.053.001.08 Document")
    said = refusal(data)
    assert "document type (DTD)" in said
    assert "GEHEIM" not in said
    whole = etree.fromstring(data, documents._parser())
    assert b"GEHEIM" not in etree.tostring(whole)


BROKEN = {
    "nothing": b"",
    "spaces": b"  \n",
    "text": b"rekening;bedrag\r\n1;2\r\n",
    "MT940": b":20:940A121201\r\n:25:NL91ABNA0417164300\r\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "zeros": bytes(100_000),
    "cut off": GOOD[:-40],
    "cut off in the first element": GOOD[:70],
    "two documents": GOOD + GOOD,
    "text behind": GOOD + b"x",
    "an unknown entity": GOOD.replace(b"STMT-1", b"&unknown;"),
    "another encoding": GOOD.replace(b"STMT-1", "Stürm".encode("latin-1")),
    "an encoding that is none": GOOD.replace(b"UTF-8", b"KLINGON-8"),
    "an encoding that hides": GOOD.decode().replace("UTF-8", "UTF-7").encode("utf-7"),
    "a control character": GOOD.replace(b"STMT-1", b"&#0;"),
    "too deep": GOOD.replace(b"<BkToCstmrStmt>", b"<BkToCstmrStmt>" + b"<a>" * 100_000),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_not_whole_xml_is_refused(data: bytes) -> None:
    """Never half of a file: what stands before the fault counts no more than what stands behind it."""
    assert "it is not whole XML" in refusal(data)


OTHERS = {
    "camt.052.001.08": GOOD.replace(b"camt.053", b"camt.052"),
    "camt.053.001.14": GOOD.replace(b"camt.053.001.08", b"camt.053.001.14"),
    "pain.001.001.09": GOOD.replace(b"camt.053.001.08", b"pain.001.001.09"),
    "html": b"<html><body/></html>",
    "Document": b'<Document xmlns="http://example.org/camt.053.001.08"/>',
    "Documents": GOOD.replace(b"<Document ", b"<Documents ").replace(b"</Document>", b"</Documents>"),
}


@pytest.mark.parametrize(("found", "data"), OTHERS.items(), ids=OTHERS)
def test_another_format_is_refused_by_its_name(found: str, data: bytes) -> None:
    """By name space, whatever the file is called; the line says what is allowed."""
    said = refusal(data, "camt.053.xml")
    assert f"'{found}'" in said or found == "Documents"
    assert "Allowed are camt.053.001.02, camt.053.001.08, pain.002.001.03 and pain.002.001.10, or a zip of them" in said


def test_a_file_of_another_name_and_encoding_is_read() -> None:
    """The content says what it is: without an extension, with a byte order mark, in UTF-16, with comments."""
    expected = read_feedback(GOOD, "a", OURS)
    assert len(expected.entries) == 2
    assert read_feedback(b"\xef\xbb\xbf" + GOOD, "b.zip", OURS) == expected
    assert read_feedback(GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "c.pdf", OURS) == expected
    cents = statement([Movement(512)])
    commented = cents.replace(b"5.12<", b"5<!-- 9 -->.1<?x y?>2<").replace(b"<Ntry>", b"<!-- x --><Ntry>")
    assert read_feedback(commented, "d", OURS) == read_feedback(cents, "d", OURS)


def test_elements_of_another_name_space_are_none() -> None:
    """An entry that only looks like one moves no money, and makes no entry."""
    foreign = GOOD.replace(b"</Stmt>", b'<x:Ntry xmlns:x="urn:x"><x:Amt Ccy="EUR">1.00</x:Amt></x:Ntry></Stmt>')
    assert read_feedback(foreign, "a", OURS) == read_feedback(GOOD, "a", OURS)


def test_a_file_of_100_mb_is_refused_unread() -> None:
    """Without a copy of it and without a look into it."""
    data = GOOD + b" " * 100_000_000
    tracemalloc.start()
    try:
        said = refusal(data, "groot.xml")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert said.startswith("groot.xml: 100,00")
    assert peak < 1_000_000


def test_a_bomb_in_a_zip_is_stopped_while_it_is_unpacked() -> None:
    """A hundred kB that would become 100 MB, also when the zip lies about it."""
    piece = bytes(2**20)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.xml", "w") as inside:
        for _ in range(100):
            inside.write(piece)
    assert len(stream.getvalue()) < 200_000
    tracemalloc.start()
    try:
        assert "a.xml: more than 33,554,432 bytes" in refusal(stream.getvalue(), "bom.zip")
        assert tracemalloc.get_traced_memory()[1] < 90_000_000
    finally:
        tracemalloc.stop()
    size = struct.pack("<I", 100 * 2**20)
    lying = stream.getvalue().replace(size, struct.pack("<I", 10))
    assert lying != stream.getvalue()
    refusal(lying, "bom.zip")


def test_many_large_files_in_a_zip_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they make together counts too."""
    monkeypatch.setattr(unpacking, "MOST_BYTES_IN_ZIP", 3 * len(GOOD))
    assert len(read_feedback(zipped((name, GOOD) for name in "abc"), "z.zip", OURS).entries) == 6
    assert "more than 0 bytes" in refusal(zipped((name, GOOD) for name in "abcd"), "z.zip")


def test_a_zip_of_very_many_files_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its list alone would fill the memory."""
    monkeypatch.setattr(zipfile, "ZipFile", None)
    line = b"PK\1\2" + bytes(42)
    assert "a zip of 700,000 files. Allowed are at most 1,000" in refusal(b"PK\3\4" + line * 700_000, "vol.zip")


def _encrypted() -> bytes:
    data = bytearray(zipped([("a.xml", GOOD)]))
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


ZIPS = {
    "a zip in the zip": zipped([("week.zip", zipped([("a.xml", GOOD)]))]),
    "a zip without files": zipped([]),
    "it is encrypted": _encrypted(),
    "packed by method 14": zipped([("a.xml", GOOD)], zipfile.ZIP_LZMA),
    "packed by method 12": zipped([("a.xml", GOOD)], zipfile.ZIP_BZIP2),
    "the zip is broken": zipped([("a.xml", GOOD)])[:-30],
    "the zip is broken. Allowed": zipped([("a.xml", GOOD)], zipfile.ZIP_STORED).replace(b"STMT-1", b"STMT-2"),
    "b.txt: it is not whole XML": zipped([("a.xml", GOOD), ("b.txt", b"Geachte klant")]),
    "'evil x.xml": zipped([("map/evil\n\x1b[31m\u202ex.xml", b"<a/>")]),
}


@pytest.mark.parametrize("said", ZIPS)
def test_a_zip_that_is_none_of_ours_is_refused(said: str) -> None:
    """Nested, empty, encrypted, packed in another way, broken, with something else in it, or with a hostile name."""
    line = refusal(ZIPS[said], "bank.zip")
    assert line.startswith("bank.zip: ")
    assert said.lstrip("'") in line or said == "'evil x.xml"


@given(
    st.sampled_from([GOOD, status_report([Status("S20261201-1-0001", "RJCT", "AC04")]), zipped([("a", GOOD)])]),
    st.data(),
)
@settings(deadline=None)
def test_a_damaged_file_breaks_nothing(data: bytes, draws: st.DataObject) -> None:
    """Any bytes put in the place of any others: read or refused, never another error."""
    at = draws.draw(st.integers(0, len(data)))
    length = draws.draw(st.integers(0, 20))
    damaged = data[:at] + draws.draw(st.binary(max_size=20)) + data[at + length :]
    try:
        assert isinstance(read_feedback(damaged, "x", OURS), BankFeedback)
    except StatementRefused as refused:
        said = str(refused)
    else:
        said = ""
    assert said.isprintable()


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda data: b"PK\3\4" + data))
@settings(deadline=None)
def test_any_bytes_are_refused(data: bytes) -> None:
    """Nothing short of a bank's file is read."""
    refusal(data, "x\r\ny")
