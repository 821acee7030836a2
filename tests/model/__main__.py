"""python -m tests.model: check the model of the delivery, and that spin finds each fault that is put into it."""

import sys

from tests.model.checking import SMALL, SOUND, check, faults


def main() -> int:
    bad = 0
    for size in SOUND:
        verdict = check(size)
        bad += verdict.violated is not None
        _say(f"{size}: {'BROKEN: ' + verdict.violated if verdict.violated else 'sound'}, {verdict.states:,} states")
    found = {fault: check(SMALL, fault).violated for fault in faults()}
    for fault, violated in found.items():
        _say(f"fault {fault.lower()}: {'found: ' + violated if violated else 'MISSED'}")
    missed = [fault for fault, violated in found.items() if not violated]
    _say(f"faults found in the model: {len(found) - len(missed)} of {len(found)}")
    return 1 if bad or missed else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
