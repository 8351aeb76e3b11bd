"""Older formats become the current one, one version at a time: a chain of functions from values to values.

A migration of version n takes the values of a file of that version and gives those of version n+1. It
may change the values that it is given. There is none yet: version 1 is the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from graphs.content import VERSION
from graphs.json_text import Fault

Values: TypeAlias = "dict[str, Any]"
Migration: TypeAlias = "Callable[[Values], Values]"

MIGRATIONS: dict[int, Migration] = {}
"""Every migration by the version that it starts from."""


def migration(from_version: int) -> Callable[[Migration], Migration]:
    """Register a function as the step from this version to the next. Steps are for ever."""

    def register(step: Migration) -> Migration:
        assert from_version not in MIGRATIONS, f"two migrations start from {from_version}"
        MIGRATIONS[from_version] = step
        return step

    return register


def version_of(values: Any) -> int:
    """The version that a file says it has.

    Raises:
        Fault: the values are no document of any version.
    """
    if not isinstance(values, dict):
        raise Fault("it is JSON, but not a Lamina document: it does not begin with a brace.")
    if "lamina" not in values:
        raise Fault(
            'it is JSON, but not a Lamina document: it has no "lamina" field with a version.'
        )
    version = values["lamina"]
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        raise Fault('its "lamina" field must be the version of the format, a whole number.')
    return version


def migrated(
    values: Values, steps: Mapping[int, Migration] | None = None, current: int = VERSION
) -> Values:
    """The values in the current format; those of the current or a newer version as they are.

    Raises:
        Fault: there is no way from that version.
    """
    version, known = version_of(values), MIGRATIONS if steps is None else steps
    for number in range(version, current):
        if number not in known:
            raise Fault(
                f"it has format {version}, which is older than any that this version of Lamina reads."
            )
        values = {**known[number](values), "lamina": number + 1}
    return values
