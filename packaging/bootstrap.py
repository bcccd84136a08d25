"""Make a checkout runnable and start it: the other half of the script `broker` at the root.

    broker demo [...]    the window on a team of invented people, with a server inside; --headless for the story alone
    broker test [...]    every check of the project; with arguments, pytest alone with those arguments
    broker run [...]     broker-desktop with those arguments

It needs nothing but Python's standard library. It installs the system libraries that Qt needs (Debian and Ubuntu as
root; otherwise it prints the one command and stops), makes `.venv`, and puts the hash-pinned packages of
packaging/requirements/ there. What it did is stamped, so that the next start is immediate. It changes nothing outside
`.venv` except by apt, and knows nothing of what the program does.
"""

import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "packaging" / "requirements"
VENV = ROOT / ".venv"
STAMP = VENV / "broker-stamp.json"
WINDOWS = sys.platform == "win32"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")

# Shared library -> Debian package. First what Qt loads without a display, then what its xcb plugin loads on top.
LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfreetype.so.6": "libfreetype6",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libbrotlidec.so.1": "libbrotli1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libX11.so.6": "libx11-6",
    "libzstd.so.1": "libzstd1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
# Program -> Debian package: what tests open windows with, and what opens the workbooks and papers that we write.
TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "xdotool": "xdotool",
    "dbus-daemon": "dbus-daemon",
    "soffice": "libreoffice-calc",
    "pdfinfo": "poppler-utils",
}
# Where systems keep the certificates that their owner trusts; an office that inspects TLS puts its own there.
SYSTEM_CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
# Checks before the tests, cheapest first.
CHECKS = (
    ("-m", "ruff", "check", "."),
    ("-m", "ruff", "format", "--check", "."),
    ("-m", "mypy"),
    ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
)
PYTEST = ("-m", "pytest", "--hypothesis-profile=ci", "--quiet")
IN_PARALLEL = ("-n", "2", "--dist", "worksteal")
# Three runs: what needs no display; what opens windows, so that Qt never meets the threads of the others; and what
# measures, which wants the machine for itself.
WINDOWS_OPEN = ("ui", "stories")
MEASURES = ("performance",)


class SetUpError(Exception):
    """The machine lacks something that this script may not or cannot install; the text says what to do."""


def say(text: str) -> None:
    """Tell the person at the terminal what is being done; standard output belongs to the program."""
    print(f"broker: {text}", file=sys.stderr, flush=True)


def loads(library: str) -> bool:
    """Say whether the dynamic linker finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Say whether fontconfig knows a font; without one Qt draws no text at all."""
    fc_list = shutil.which("fc-list")
    return fc_list is not None and bool(subprocess.run([fc_list], capture_output=True, check=False).stdout.strip())


def venv_fits() -> bool:
    """Say whether `.venv` is there, works, and belongs to the version of Python that runs this."""
    if not PYTHON.exists():
        return False
    asked = [str(PYTHON), "-c", "import pip, sys; print(sys.version)"]
    found = subprocess.run(asked, env=child_environment(), capture_output=True, text=True, check=False)
    return found.returncode == 0 and found.stdout.strip() == sys.version.strip()


def missing_packages(*, for_tests: bool) -> tuple[list[str], list[str]]:
    """Return the Debian packages this Linux lacks: those nothing works without, and those some tests want."""
    needed = [package for library, package in LIBRARIES.items() if not loads(library)]
    if not has_font():
        needed += ["fontconfig", "fonts-dejavu-core"]
    if not venv_fits() and importlib.util.find_spec("ensurepip") is None:
        needed.append(f"python3.{sys.version_info.minor}-venv")
    wanted = TEST_PROGRAMS if for_tests else {}
    return needed, [package for program, package in wanted.items() if shutil.which(program) is None]


def ready_system(*, for_tests: bool) -> None:
    """Install missing system packages as root on Debian and Ubuntu; SetUpError with the command to type otherwise."""
    if not sys.platform.startswith("linux"):
        return
    needed, wanted = missing_packages(for_tests=for_tests)
    if not needed and not wanted:
        return
    has_apt = shutil.which("apt-get") is not None
    if has_apt and os.geteuid() == 0:
        install_with_apt(needed + wanted)
        return
    advice = what_to_type(needed, wanted, has_apt=has_apt)
    if needed:
        raise SetUpError(advice)
    say(advice)


def what_to_type(needed: list[str], wanted: list[str], *, has_apt: bool) -> str:
    """Return what somebody who is not root, or not on Debian, is told about missing packages."""
    names = " ".join(needed + wanted)
    if not needed:
        why = "tests that open a real window, a workbook or a paper will fail until this is installed"
    else:
        why = "system libraries are missing. Install them, then type the same command again"
    return f"{why}:\n    sudo apt-get update && sudo apt-get install --yes {names}" if has_apt else f"{why} ({names})"


def install_with_apt(packages: list[str]) -> None:
    """Install Debian packages without asking anything; SetUpError when apt fails."""
    say(f"installing system packages: {' '.join(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", *step], env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SetUpError(f"apt-get {step[0]} failed:\n{done.stdout}{done.stderr}")


def digest(name: str) -> str:
    """Return the hash of a requirements file as the stamp keeps it."""
    return hashlib.sha256((REQUIREMENTS / f"{name}.txt").read_bytes()).hexdigest()


def stamped(name: str) -> bool:
    """Say whether `.venv` already holds a requirements file, or the larger one above it, for this Python and place."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    held = stamp.get("name")
    return held in (name, "dev") and stamp == stamp_of(held) and PYTHON.exists()


def stamp_of(name: str) -> dict[str, str]:
    """Return what the stamp says after a set-up of this requirements file here and now."""
    return {
        "name": name,
        "digest": digest(name),
        "bootstrap": digest("bootstrap"),
        "python": sys.version,
        "root": str(ROOT),
    }


def child_environment(ours: Mapping[str, str] = os.environ, *, own_display: bool = False) -> dict[str, str]:
    """Return the environment for what is started from here: ours, without what would redirect or slow its Python.

    Who forbids compiled files (PYTHONDONTWRITEBYTECODE) would have every program compile all of itself: a second more.
    Where there is no display Qt draws offscreen, unless the program brings its own (pytest-xvfb does).
    """
    dropped = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"}
    dropped |= {"PYTHONDONTWRITEBYTECODE"}
    environment = {key: value for key, value in ours.items() if key not in dropped}
    certificates = next((path for path in SYSTEM_CERTIFICATES if Path(path).exists()), None)
    if certificates is not None:
        environment.setdefault("PIP_CERT", certificates)
    has_display = own_display or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(environment))
    if sys.platform.startswith("linux") and not has_display:
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    return environment


def must_run(what: str, *command: str | Path) -> None:
    """Run one step of the set-up; SetUpError when it fails."""
    done = subprocess.run([str(part) for part in command], env=child_environment(), stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise SetUpError(f"{what} failed; its own message stands above")


def make_venv() -> None:
    """Make `.venv` afresh unless the one there fits."""
    if venv_fits():
        return
    say("making .venv")
    must_run("making .venv", sys.executable, "-m", "venv", "--clear", VENV)


def install(name: str) -> None:
    """Put exactly the packages of a requirements file into `.venv`, every one checked against its hash."""
    say(f"installing the packages of packaging/requirements/{name}.txt")
    tools = VENV / f"uv-{digest('bootstrap')[:12]}"
    uv = tools / "bin" / ("uv.exe" if WINDOWS else "uv")
    if not uv.exists():
        pip = (PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps")
        pinned = ("--require-hashes", "--only-binary", ":all:", "--requirement", REQUIREMENTS / "bootstrap.txt")
        must_run("installing uv", *pip, *pinned, "--target", tools)
    options = ("--quiet", "--require-hashes", "--compile-bytecode", "--no-config", "--system-certs")
    must_run("installing packages", uv, "pip", "sync", *options, "--python", PYTHON, REQUIREMENTS / f"{name}.txt")


def write_entries() -> None:
    """Let `.venv` import this checkout and start its two programs by name."""
    names = {"base": str(VENV), "platbase": str(VENV)}
    (Path(sysconfig.get_path("purelib", "venv", names)) / "broker.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    for program, module in (("broker-desktop", "broker_desktop.__main__"), ("broker-hub", "sync.hub.cli")):
        # -P keeps the folder a person stands in out of the import path. A shebang of Python itself would not do: it
        # may hold neither blanks nor more than 127 letters.
        code = f"import sys; sys.argv[0] = '{program}'; from {module} import main; raise SystemExit(main())"
        if WINDOWS:
            (BIN / f"{program}.cmd").write_text(f'@"{PYTHON}" -P -c "{code}" %*\n', encoding="utf-8")
            continue
        (BIN / program).write_text(f'#!/bin/sh\nexec "{PYTHON}" -P -c "{code}" "$@"\n', encoding="utf-8")
        (BIN / program).chmod(0o755)


def set_up(name: str) -> None:
    """Bring the machine and `.venv` to what a requirements file asks for, or find that they are there already."""
    ready_system(for_tests=name == "dev")
    if stamped(name):
        return
    make_venv()
    STAMP.unlink(missing_ok=True)
    install(name)
    write_entries()
    STAMP.write_text(json.dumps(stamp_of(name), indent=1), encoding="utf-8")


def start(*command: str) -> int:
    """Run a program of `.venv` in the checkout and return its exit code."""
    own_display = shutil.which("Xvfb") is not None and "--no-xvfb" not in command
    environment = child_environment(own_display=own_display)
    return subprocess.run([str(PYTHON), *command], cwd=ROOT, env=environment, check=False).returncode


def run_program(arguments: list[str]) -> int:
    """Start broker-desktop where the person stands, so that the paths they typed mean what they meant."""
    command = [str(PYTHON), "-P", "-m", "broker_desktop", *arguments]
    if not WINDOWS:
        sys.stderr.flush()
        os.execve(PYTHON, command, child_environment())
    return subprocess.run(command, env=child_environment(), check=False).returncode


def run_tests() -> int:
    """Run every check and every test, all of them even when one fails; return 1 when any did."""
    folders = sorted({path.relative_to(ROOT).parts[1] for path in (ROOT / "tests").glob("*/**/test_*.py")})
    plain = [f"tests/{name}" for name in folders if name not in (*WINDOWS_OPEN, *MEASURES)]
    windows = [f"tests/{name}" for name in folders if name in WINDOWS_OPEN]
    measures = [f"tests/{name}" for name in folders if name in MEASURES]
    parallel = (*PYTEST, *IN_PARALLEL)
    runs = [*CHECKS, (*parallel, "--no-xvfb", *plain), (*parallel, *windows), (*PYTEST, *measures)]
    failed = []
    for run in runs:
        say(f"running {' '.join(run[1:])}")
        if start(*run) != 0:
            failed.append(" ".join(run[1:]))
    for command in failed:
        say(f"FAILED: {command}")
    return 1 if failed else 0


def main(arguments: list[str]) -> int:
    """Do what the command line asks; 0 done, 1 something is missing or a check failed, 2 usage."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command not in {"demo", "test", "run"}:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        set_up("dev" if command == "test" else "app")
    except SetUpError as missing:
        say(str(missing))
        return 1
    if command == "test":
        return start("-m", "pytest", *rest) if rest else run_tests()
    return run_program(arguments if command == "demo" else rest)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
