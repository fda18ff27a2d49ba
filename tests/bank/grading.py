"""Grades an answer as the grader does: ask on hidden cases, then judge."""

from course.checks import EXERCISES, ask


def graded(item, answer, variant=1):
    """The report on an answer; variant 0 is what the learner sees."""
    exercise = EXERCISES[item]
    cases = exercise.cases(variant)
    return exercise.judge(cases, ask(exercise, answer, cases))


def codes(report):
    """The codes of a report's messages."""
    return [message.code for message in report.messages]
