"""nbgrader's gradebook: verdicts go in by nbgrader's own preprocessors, and what people gave comes out."""

import hashlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from nbformat import NotebookNode
from nbgrader.api import Base, Grade, Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.preprocessors import SaveAutoGrades, SaveCells
from nbgrader.utils import is_grade
from sqlalchemy import Column, String
from sqlalchemy.exc import SAWarning, SQLAlchemyError

from .judging import is_check, waits, within
from .verdict import Mark, Verdict, settled


class Seen(Base):
    """A table of our own in nbgrader's database: what there was to see when a cell was last recorded, as a digest."""

    __tablename__ = "seen"
    grade_id = Column(String(32), primary_key=True)
    digest = Column(String(64))


def seen(notebook: NotebookNode) -> dict[str, str]:
    """What a person judges, by graded cell, as a digest: a text, or for a check all sources and the report."""
    sources = "\n".join(cell.source for cell in notebook.cells)
    return {cell.metadata.nbgrader.grade_id:
            hashlib.sha256((sources + cell.outputs[0].text if is_check(cell) else cell.source).encode()).hexdigest()
            for cell in notebook.cells if is_grade(cell)}


class SaveMarks(SaveAutoGrades):
    """Stores points as nbgrader does, but a person judges what a judge failed on, and nobody the same thing twice."""

    def preprocess(self, nb: NotebookNode, resources):
        """Store the points of one notebook."""
        self.seen = seen(nb)
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: NotebookNode, resources, cell_index):
        """Store the points of one cell."""
        if not is_grade(cell):
            return super().preprocess_cell(cell, resources, cell_index)
        item = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(item, self.notebook_id, self.assignment_id, self.student_id)
        settled = self.is_settled(grade)
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if waits(cell):
            grade.auto_score, grade.needs_manual_grade = None, True
        grade.needs_manual_grade = grade.needs_manual_grade and not settled
        self.gradebook.db.merge(Seen(grade_id=grade.id, digest=self.seen[item]))
        self.gradebook.db.commit()
        return cell, resources

    def is_settled(self, grade: Grade) -> bool:
        """Whether a person gave points for the very same."""
        before = self.gradebook.db.get(Seen, grade.id)
        given = grade.manual_score is not None and not grade.needs_manual_grade
        return given and before is not None and before.digest == self.seen[grade.name]


class Book(NamedTuple):
    """A gradebook, by the address of its database."""

    url: str
    course: str

    @contextmanager
    def opened(self) -> Iterator[Gradebook]:
        """The gradebook as nbgrader opens it; raises ValueError for a database that does not do what it is asked."""
        try:
            with warnings.catch_warnings(category=SAWarning, action="ignore"), Gradebook(self.url, self.course) as book:
                yield book
        except SQLAlchemyError as problem:
            said = str(problem).splitlines()[0]
            raise ValueError(f"the gradebook cannot be used ({said}): see that its database runs and can be written "
                             "to, then give the same command again") from problem

    def prepare(self, lesson: str, released: NotebookNode) -> set[str]:
        """Write down which cells of a lesson are graded; return the students whose submissions are recorded."""
        with self.opened() as book:
            book.update_or_create_assignment(lesson)
            try:
                SaveCells().preprocess(released, self._names("", lesson))
            except RuntimeError as problem:
                raise ValueError(f"{lesson} has other graded cells than when its first submission was recorded: move "
                                 "the gradebook away and grade all again, or restore the lesson") from problem
            return {submission.student.id for submission in book.notebook_submissions(lesson, lesson)}

    def record(self, verdict: Verdict, notebook: NotebookNode) -> None:
        """Store the points of the checks; points that people gave stay, and wait again where the text changed."""
        with self.opened() as book:
            book.update_or_create_student(verdict.student)
            book.update_or_create_submission(verdict.lesson, verdict.student)
            SaveMarks().preprocess(notebook, self._names(verdict.student, verdict.lesson))

    def _names(self, student, lesson):
        return {"nbgrader": {"student": student, "assignment": lesson, "notebook": lesson, "db_url": self.url}}

    def final(self, verdicts: list[Verdict]) -> list[Verdict]:
        """The verdicts with what people have given since, and their comments."""
        with self.opened() as book:
            return [verdict if verdict.state == "error" else finished(book, verdict) for verdict in verdicts]


def finished(book: Gradebook, verdict: Verdict) -> Verdict:
    """One verdict with what people have given since; as it is, if it was never recorded."""
    try:
        recorded = book.find_submission_notebook(verdict.lesson, verdict.lesson, verdict.student)
    except MissingEntry:
        return verdict
    grades = {grade.name: grade for grade in recorded.grades}
    said = comments(recorded)
    marks = tuple(_marked(mark, grades.get(mark.item), said.pop(mark.item, "")) for mark in verdict.marks)
    notes = tuple(f"On {item}: {comment}" for item, comment in said.items())
    return verdict._replace(marks=marks, state=settled(marks), notes=verdict.notes + notes)


def comments(recorded: SubmittedNotebook) -> dict[str, str]:
    """What people wrote, by the cell that they wrote it to."""
    return {comment.name: comment.manual_comment for comment in recorded.comments if comment.manual_comment}


def _marked(mark: Mark, grade, comment: str) -> Mark:
    if grade is None:
        return mark
    points = None if grade.needs_manual_grade else within(grade.score, mark.most)
    said = mark.note if points == mark.points else ""       # why a judge gave that, and nobody else
    return mark._replace(points=points, note=comment or said)
