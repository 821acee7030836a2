"""bouwclub: the commands of the operator and the marketer. A command's module is loaded only when it is called."""

import atexit
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from cli.guard import ForeignModule, ensure_own_modules
from cli.mistakes import USER_ERROR, report_mistake


class CommandEntry(NamedTuple):
    """Where a command lives ("module:attribute") and its line in the overview."""

    place: str
    summary: str


COMMANDS = {
    "import": CommandEntry(
        "cli.commands.crm_import:command", "Load a CRM export; creates or upgrades the database first."
    ),
    "programme": CommandEntry("cli.commands.programme:group", "Check the programme file."),
    "plan": CommandEntry("cli.commands.plan:command", "The decisions of a day; nothing is written, nothing is sent."),
    "run": CommandEntry("cli.commands.run:group", "Run a flow: daily, win-back, care, rewards, settlement."),
    "backfill": CommandEntry("cli.commands.backfill:command", "The runs of a range of days, in order."),
    "decisions": CommandEntry("cli.commands.decisions:command", "The decisions kept."),
    "messages": CommandEntry("cli.commands.messages:command", "The message log."),
    "explain": CommandEntry(
        "cli.commands.explain:command", "All about one client: what came, what comes, and why (in Dutch)."
    ),
    "preview": CommandEntry("cli.commands.preview:command", "The exact mail of a touchpoint for one client."),
    "mail": CommandEntry("cli.commands.mail:group", "One verdict on a mail before it goes to anybody."),
    "check": CommandEntry(
        "cli.commands.check:group", "Whether mail would arrive: SPF, DKIM, DMARC, settings, webhook."
    ),
    "diff": CommandEntry(
        "cli.commands.diff:command", "Who would gain, lose or move a message under another programme."
    ),
    "proposal": CommandEntry(
        "cli.commands.proposal:group", "What marketers propose to change: list, show, put into use."
    ),
    "calendar": CommandEntry("cli.commands.mail_calendar:command", "The automated mails to come."),
    "surveys": CommandEntry("cli.commands.surveys:command", "Who may get a survey, and why others may not."),
    "health": CommandEntry("cli.commands.health:command", "How each client is doing: score, band and indicators."),
    "report": CommandEntry(
        "cli.commands.report:command", "The figures of a day: do customers come back, and does it work?"
    ),
    "experiment": CommandEntry(
        "cli.commands.experiment:group", "Plan an experiment: what it could show, before it begins."
    ),
    "rewards": CommandEntry("cli.commands.rewards:command", "What each referral earns, and how far the money is."),
    "referral": CommandEntry("cli.commands.referral:group", "Judge a referral, hold back a referrer, link a sign-up."),
    "referrals": CommandEntry("cli.commands.referrals:command", "How the referral programme does, for the marketer."),
    "settlement": CommandEntry(
        "cli.commands.settlement:group", "Approve and export a batch of payouts; the bank's answer."
    ),
    "ledger": CommandEntry(
        "cli.commands.ledger:group", "Put amounts right by two people; prove that the ledger holds."
    ),
    "partner": CommandEntry("cli.commands.partner:group", "Commissions of partners, and their invoices."),
    "reconcile": CommandEntry(
        "cli.commands.reconcile:command", "Messages in doubt: ask the provider what became of them."
    ),
    "resend": CommandEntry("cli.commands.resend:command", "Send a message in doubt again, by name."),
    "tasks": CommandEntry("cli.commands.people_tasks:group", "Who is to be called or written to, and what came of it."),
    "cases": CommandEntry("cli.commands.cases:group", "Complaints that care follows: list, note, resolve, weigh."),
    "people": CommandEntry("cli.commands.people:group", "Who is at the office; who is away, and back."),
    "drill": CommandEntry(
        "cli.commands.drill:command", "Play events over the ticks of care: rehearsal, training, tests."
    ),
    "suppressions": CommandEntry("cli.commands.suppressions:group", "The list of addresses that get nothing from us."),
    "privacy": CommandEntry("cli.commands.privacy:group", "A person's data: written out, or erased."),
    "web": CommandEntry("cli.commands.web:command", "Serve the pages that mails link to, and the provider's webhooks."),
    "desk": CommandEntry("cli.commands.desk:group", "A login link for the desk, for whoever has the server."),
    "demo": CommandEntry("cli.commands.demo:command", "Sample data, a daily run and an outbox to look at."),
}


PRIVATE = 0o077  # what we write names clients: files are 0600, folders 0700, whatever the shell's own mask
CYCLES_FROM = 200_000  # new objects; Python's own 700 searches what a command loads a thousand times, for nothing
COMPLETION = "_BOUWCLUB_COMPLETE"  # the shell asks for completions of a half-typed line


class Commands(click.Group):
    """Loads a subcommand by name; every mistake ends as one line on standard error."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].place.partition(":")
        try:
            loaded: click.Command = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            raise click.ClickException(f"the command '{name}' is not part of this installation") from None
        return loaded

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview, from the table above: no command's module is loaded for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])

    def main(  # type: ignore[override]  # click's own has two forms; this one always exits
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **options: Any
    ) -> Any:
        """Run one command and leave with its exit code: 0, 2 for what the user can mend, 1 for what we must."""
        if COMPLETION in os.environ:
            return super().main(args, "bouwclub", **options)
        try:
            with self.make_context("bouwclub", list(sys.argv[1:] if args is None else args)) as context:
                self.invoke(context)
            sys.stdout.flush()
        except click.exceptions.Exit as error:
            sys.exit(error.exit_code)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help() if error.ctx else error.format_message())
        except (Exception, KeyboardInterrupt) as error:
            sys.exit(report_mistake(error))
        sys.exit(0)


def _print_version(context: click.Context, _option: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        click.echo(f"bouwclub {version('bouwclub')}")
        context.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Say which.")
def commands() -> None:
    """Retention marketing for a firm of builders and engineers: who gets which mail today, and why.

    Start with `bouwclub demo`, or load your own export with `bouwclub import DIR` and look at `bouwclub plan`.
    """


def main() -> None:
    """The console script `bouwclub`."""
    gc.set_threshold(CYCLES_FROM)
    atexit.register(gc.freeze)  # or Python's last act is to search all of it: a quarter of a cold `bouwclub plan`
    try:
        ensure_own_modules()
    except ForeignModule as error:
        click.echo(f"bouwclub: {error}", err=True)
        sys.exit(USER_ERROR)
    # A pager or terminal that cannot show a character gets a question mark in its place, not a crash.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.umask(PRIVATE)
    commands()


if __name__ == "__main__":
    main()
