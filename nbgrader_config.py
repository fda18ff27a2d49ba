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
    SaveAutoGrades,
)

from course.grading import ExecuteVariant, Judge, ShortOutput
from course.release import ForgetWidgets, QuietBlanks

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
c.CourseDirectory.db_url = f"sqlite:///{(classroom / 'gradebook.db').as_posix()}"
c.CourseDirectory.ignore = ["*.py", "*.pyc", "__pycache__", ".ipynb_checkpoints", ".*", "feedback"]
c.CsvExportPlugin.to = str(classroom / "grades.csv")

c.GenerateAssignment.force = True
c.GenerateAssignment.preprocessors.prepend([ForgetWidgets])   # solutions/ are executed
c.GenerateAssignment.preprocessors.insert(4, QuietBlanks)   # behind ClearSolutions
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("No answer yet: replace this line by yours.")'}
c.ClearSolutions.text_stub = "*Replace this line by your answer.*"

c.Autograde.autograde_preprocessors = [
    ExecuteVariant, Judge, ShortOutput,
    IgnorePattern, ClearMetadataPreprocessor, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata,
]
c.Execute.timeout = 120
c.Execute.startup_timeout = 120
c.Execute.iopub_timeout = 30
c.ExecuteVariant.secret_file = c.Judge.secret_file = str(classroom / "secret")
c.Execute.extra_arguments = ["--log-level=ERROR"]
