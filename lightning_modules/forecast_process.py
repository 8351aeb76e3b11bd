"""The program of a dry run: `python -m lightning_modules.forecast_process`, one line in, one line out."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from types import TracebackType

from graphs.document import loads
from lightning_modules.dry_run import dry_run
from lightning_modules.explain import explain
from lightning_modules.forecast import to_json


def main() -> None:
    """Answer the question with a Forecast."""
    asked = json.loads(sys.stdin.buffer.read())
    document, base = loads(asked["document"].encode()), Path(asked["base"])
    _say(to_json(dry_run(document, base, asked["devices"])))


def _tell_why(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    """Answer with the reason why there is no forecast."""
    _say(json.dumps({"reason": explain(error)}))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.excepthook = _tell_why
    main()
