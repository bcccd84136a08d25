"""How an error reads on screen: what happened, whether the data is safe, what to do, a code. No record values, ever."""

from dataclasses import dataclass

from broker_desktop.errors import AppError
from broker_desktop.ui.i18n import translate


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as a person meets it."""

    title: str
    text: str
    code: str
    tone: str


def problem_of(error: Exception) -> Problem:
    """Turn an error into words; anything that is not expected is a bug and says so without its message."""
    if isinstance(error, AppError):
        text = " ".join(part for part in (error.detail, error.remedy) if part)
        return Problem(error.title, text, error.code, "warn" if error.your_data == "safe" else "danger")
    return Problem(
        translate("Problems", "Something went wrong in the program."),
        translate("Problems", "What you saved before is safe. Please tell your team lead what you were doing."),
        f"BUG-{type(error).__name__}",
        "danger",
    )


def sentence(error: Exception) -> str:
    """Give the error as one line for the message strip."""
    problem = problem_of(error)
    return f"{problem.title} {problem.text} {problem.code}"
