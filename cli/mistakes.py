"""How a failed command ends: one clear line on standard error, and an exit code that a script can act on."""

import errno
import os
import re
import sys
import traceback
from difflib import get_close_matches

import click

from cli.guard import OURS
from cli.printing.console import plain

# What to do about a path that the system refuses.
_TO_DO = {
    errno.ENOENT: ". Make its folder first, or name another path",
    errno.ENOTDIR: ". A part of this path is a file; name another",
    errno.EEXIST: ". A file stands where a folder must be; name another path",
    errno.EISDIR: ". Name a file",
} | dict.fromkeys(
    (errno.EACCES, errno.EPERM, errno.EROFS), ". Give the user who runs this the right to it, or name another path"
)

INTERNAL_ERROR = 1
USER_ERROR = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells say it
PIPE_CLOSED = 141  # 128 + SIGPIPE


def report_mistake(error: BaseException) -> int:
    """Print the one line that the error deserves and return the exit code.

    Each exception class of our own packages is a mistake that an operator can mend, and its message says how. Anything
    else is a fault of ours; BOUWCLUB_DEBUG=1 shows where.
    """
    if isinstance(error, BrokenPipeError) or (isinstance(error, OSError) and error.errno == errno.EPIPE):
        # The reader went away; what is still buffered must not fail again when Python closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    from models.secrecy import scrubbed

    if os.environ.get("BOUWCLUB_DEBUG") and not isinstance(error, click.ClickException):
        click.echo(scrubbed("".join(traceback.format_exception(error))), err=True, nl=False)
    line, code = _line_and_code(error)
    click.echo(f"bouwclub: {scrubbed(line)}", err=True)
    return code


def _line_and_code(error: BaseException) -> tuple[str, int]:
    from models.database.refusals import machine_fault

    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        return "stopped by hand; what was finished is kept, the same command goes on from there", INTERRUPTED
    if isinstance(error, click.UsageError):
        hint = f" (see: {error.ctx.command_path} --help)" if error.ctx else ""
        said = " ".join(error.format_message().split())  # a choice that is missing lists what there is, a line each
        return f"{_one_line(said).rstrip('.')}{_nearest_command(error)}{hint}", USER_ERROR
    if isinstance(error, click.ClickException):
        return _one_line(error.format_message()), USER_ERROR
    if type(error).__module__.partition(".")[0] in OURS:
        return _one_line(str(error)), USER_ERROR
    if isinstance(error, OSError) and error.filename:
        named = error.filename2 or error.filename  # of a move the target: what moves is a file of ours, soon gone
        return f"{named}: {error.strerror}{_TO_DO.get(error.errno or 0, '')}", USER_ERROR
    if words := machine_fault(error):
        return f"{words}, and give the same command again: what was finished is kept", USER_ERROR
    return _foreign(error), INTERNAL_ERROR


def _nearest_command(error: click.UsageError) -> str:
    """ ". Did you mean plan?" for a command that is not there but nearly is."""
    asked = re.match(r"No such command '(.*)'", error.format_message())
    if asked is None or error.ctx is None or not isinstance(error.ctx.command, click.Group):
        return ""
    near = get_close_matches(asked[1], error.ctx.command.list_commands(error.ctx), 1)
    return f". Did you mean {near[0]}?" if near and "Did you mean" not in error.format_message() else ""


def _foreign(error: BaseException) -> str:
    """An error that none of our classes foresaw: of the database, or a fault of ours."""
    cause = getattr(error, "orig", None)  # SQLAlchemy wraps the driver's error and adds the whole statement
    if cause is not None:
        return f"the database refused: {_one_line(str(cause))} (run with BOUWCLUB_DEBUG=1 for the details)"
    found = _one_line(str(error)) or "no message"
    return f"internal error: {type(error).__name__}: {found} (run with BOUWCLUB_DEBUG=1 for the traceback)"


def _one_line(text: str) -> str:
    """The first line, with the number of those that follow."""
    lines = [plain(line.strip()) for line in text.strip().splitlines() if line.strip()]
    if len(lines) < 2:
        return "".join(lines)
    return f"{lines[0]} (and {len(lines) - 1} more)"
