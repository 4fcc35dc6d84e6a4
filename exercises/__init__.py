"""Feedback on the exercises: all that a lesson calls.

exercises.check("3.4")       judge what the reader has made, and say what is wrong with it
exercises.solution("3.4")    show the course's answer, and use it unless the reader's own has passed or it takes long
exercises.progress()         show what this reader has solved
"""

from exercises.judge import check, solution
from exercises.record import progress

__all__ = ["check", "progress", "solution"]
