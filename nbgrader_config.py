"""nbgrader's view of the course: lessons come from solutions/, all that belongs to a class is under classroom/."""

import os
import sys
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    IgnorePattern,
    LimitOutput,
)

from course.blanks import ForgetWidgets, QuietBlanks
from course.grading.execution import ExecuteSealed
from course.grading.gradebook import SaveMarks
from course.grading.judging import Judge
from course.grading.repair import Repair
from course.grading.showing import Harmless

root = Path(__file__).resolve().parent
classroom = root / "classroom"
classroom.mkdir(exist_ok=True)
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"   # nbgrader calls alembic

c = get_config()

c.CourseDirectory.course_id = "ai-architecture"
c.CourseDirectory.root = str(root)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "classroom/release"   # nbgrader empties it on failure; notebooks/ is safe
c.CourseDirectory.submitted_directory = "classroom/submitted"
c.CourseDirectory.autograded_directory = "classroom/autograded"
c.CourseDirectory.feedback_directory = "classroom/feedback"
c.CourseDirectory.db_url = os.environ.get("COURSE_DB_URL") or f"sqlite:///{(classroom / 'gradebook.db').as_posix()}"
c.CourseDirectory.ignore = ["*.py", "*.pyc", "__pycache__", ".ipynb_checkpoints", ".*", "feedback"]
c.CsvExportPlugin.to = str(classroom / "nbgrader.csv")      # grades.csv, of 'course grade', has no 0.0 for an error

c.GenerateAssignment.force = True
c.GenerateAssignment.preprocessors.prepend([ForgetWidgets])   # solutions/ are executed
c.GenerateAssignment.preprocessors.insert(4, QuietBlanks)   # behind ClearSolutions
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("No answer yet: replace this line by yours.")'}
c.ClearSolutions.text_stub = "*Replace this line by your answer.*"

c.Autograde.sanitize_preprocessors.prepend([Repair])
c.Repair.released = c.Harmless.released = str(root / "notebooks")
c.Autograde.autograde_preprocessors = [
    ExecuteSealed, Judge, Harmless, SaveMarks,
    IgnorePattern, ClearMetadataPreprocessor, LimitOutput, AssignLatePenalties, CheckCellMetadata,
]
c.ExecuteSealed.secret_file = c.Judge.secret_file = str(classroom / "secret")
c.Execute.timeout = 120                                     # of the Validate button: ExecuteSealed has its own limits
c.Execute.startup_timeout = 120
c.Execute.iopub_timeout = 30
c.Execute.extra_arguments = ["--log-level=ERROR"]
c.ClearMetadataPreprocessor.preserve_nb_metadata_mask = {("language_info", "name"), "course_repairs"}
