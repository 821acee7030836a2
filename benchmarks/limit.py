"""The least that a campaign's own rows and requests cost on this machine, by bare drivers, without a rule or a word.

python -m benchmarks.limit DATABASE_URL DONE_URL HOST writes what a finished campaign added to DONE_URL once more, into
a fresh copy of the base, and posts it. Each client and project is read once; each message is inserted as it is, fenced
and settled by one statement for its request each, and its request is posted as ready bytes. Nobody is chosen, judged or
counted, and no text is made: what these tables, these drivers and the wire take by themselves. It prints JSON.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Connection, Table, func, select

from benchmarks.delivery import API_KEY
from benchmarks.process import Stopwatch, tell
from benchmarks.server_load import server_seconds
from models.database.engine import open_engine
from models.messages import OF_STATE
from models.tables import clients, message_plans, message_states, messages, projects
from programme.words.states import MessageStatus

LAPS = ("read", "insert", "fence", "post", "settle")
CHUNK = 20_000  # messages in one transaction, as a run's
REQUEST = 1_000


class Part(NamedTuple):
    """Messages of one transaction: the rows of both tables, and for each request its first and last id and its body."""

    rows: Sequence[tuple[Table, Any]]
    requests: Sequence[tuple[int, int, bytes]]


def measure(url: str, done_url: str, host: str) -> None:
    engine, done = open_engine(url), open_engine(done_url)
    watch, count = Stopwatch(server_seconds(engine)), 0
    line = HTTPConnection(urlsplit(host).netloc)
    with engine.connect() as connection, done.connect() as finished:
        with connection.begin():
            first = connection.execute(select(func.max(message_states.c.id))).scalar_one() + 1
        with watch.lap("read"), connection.begin():
            _read_all(connection, clients, projects)
        for part in _parts(finished, first):
            count += sum(body.count(b'"to":') for *_, body in part.requests)
            with watch.lap("insert"), connection.begin():
                _insert(_cursor(connection), part.rows)
            with watch.lap("fence"), connection.begin():
                _mark(_cursor(connection), part, MessageStatus.SENDING)
            with watch.lap("post"):
                for *_, body in part.requests:
                    _post(line, body)
            with watch.lap("settle"), connection.begin():
                _mark(_cursor(connection), part, MessageStatus.ACCEPTED)
    tell(watch, {"accepted": count})


def _cursor(connection: Connection) -> Any:
    """The driver's own."""
    return connection.connection.cursor()


def _read_all(connection: Connection, *tables: Table) -> None:
    streaming = connection.execution_options(yield_per=CHUNK)
    for table in tables:
        for _ in streaming.exec_driver_sql(f"SELECT * FROM {table.name}").partitions():
            pass


def _parts(finished: Connection, first: int) -> Iterator[Part]:
    """What a finished campaign added from this id on; made ready here, outside all laps."""
    log = messages.c
    query = select(log.id, log.recipient, log.fields).order_by(log.id)
    accepted = query.where(log.id >= first, log.status == MessageStatus.ACCEPTED.value)
    for rows in finished.execution_options(yield_per=CHUNK).execute(accepted).partitions():
        requests = [rows[start : start + REQUEST] for start in range(0, len(rows), REQUEST)]
        between = f"id BETWEEN {rows[0].id} AND {rows[-1].id}"
        yield Part(
            [
                (table, _ready(finished, f"SELECT {_columns(table)} FROM {table.name} WHERE {between}"))
                for table in (message_plans, message_states)
            ],
            [(each[0].id, each[-1].id, _body(each)) for each in requests],
        )


def _columns(table: Table) -> str:
    """Its columns, as they were when the messages were planned."""
    planned = {name: f"NULL AS {name}" for name in OF_STATE} | {
        "as_of": "as_of",
        "status": f"'{MessageStatus.PLANNED}' AS status",
        "attempts": "0 AS attempts",
    }
    return ", ".join(planned.get(name, name) for name in _names(table))


def _body(rows: Iterable[Any]) -> bytes:
    people = ",".join(f'{{"to":[{{"email":"{row.recipient}"}}],"substitutions":{row.fields}}}' for row in rows)
    shared = '"from":{"email":"a@b.example"},"subject":"-","content":[{"type":"text/plain","value":"-"}]'
    return f'{{"personalizations":[{people}],{shared}}}'.encode()


def _ready(finished: Connection, query: str) -> Any:
    """The rows as the driver takes them at the least cost: tuples, or the text of a COPY."""
    cursor = _cursor(finished)
    if finished.dialect.name == "sqlite":
        return cursor.execute(query).fetchall()
    with cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
        return b"".join(copy)


def _insert(cursor: Any, rows: Sequence[tuple[Table, Any]]) -> None:
    for table, ready in rows:
        if isinstance(ready, bytes):
            with cursor.copy(f"COPY {table.name} ({', '.join(_names(table))}) FROM STDIN") as copy:
                copy.write(ready)
        else:
            marks = ", ".join("?" * len(table.columns))
            cursor.executemany(f"INSERT INTO {table.name} ({', '.join(_names(table))}) VALUES ({marks})", ready)


def _mark(cursor: Any, part: Part, status: MessageStatus) -> None:
    for first, last, _ in part.requests:
        cursor.execute(
            f"UPDATE message_states SET status = '{status}', attempts = 1, request_id = '{first:032d}', "
            f"provider_id = '{last:032d}' WHERE id BETWEEN {first} AND {last}"
        )


def _post(line: HTTPConnection, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
    line.request("POST", "/v3/mail/send", body, headers)
    line.getresponse().read()


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


if __name__ == "__main__":
    measure(sys.argv[1], sys.argv[2], sys.argv[3])
