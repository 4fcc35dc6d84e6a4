"""Changes of right answers that are right as well, a file a lesson, each with its reason.

MUTANTS and SABOTEURS: exercise (or "*" for all of the lesson) -> {the change, in the words of mutants.py or
saboteurs.py (a regular expression): why it is right}.
"""

import importlib
import re

from exercises.answers import stem_of


def reason_for(kind, number, change):
    """Return why a change ("mutants" or "saboteurs") is right as well; "" if it is not listed."""
    try:
        listed = importlib.import_module(f"equivalents.{stem_of(number.split('.')[0])}")
    except ModuleNotFoundError:
        return ""
    by_exercise = getattr(listed, kind.upper(), {})
    for pattern, reason in {**by_exercise.get("*", {}), **by_exercise.get(number, {})}.items():
        if re.fullmatch(pattern, change):
            return reason
    return ""
