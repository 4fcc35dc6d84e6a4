"""How answers to exercises are listed: wrong ones with what the hint must say, right ones in another style."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    """A wrong answer, and what the hint must contain (a regular expression)."""

    says: str
    code: str


@dataclass(frozen=True)
class Right:
    """A right answer in another style than the course's."""

    code: str
