@echo off
rem What a fresh machine needs: broker demo and broker test. This script only finds a Python that will do;
rem packaging\bootstrap.py installs the rest into .venv and starts it.
setlocal
for %%v in (3.13 3.12 3.11 3.14) do (
    py -%%v -c "" >nul 2>nul && (
        py -%%v -B "%~dp0packaging\bootstrap.py" %*
        goto :end
    )
)
python -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))" >nul 2>nul && (
    python -B "%~dp0packaging\bootstrap.py" %*
    goto :end
)
echo broker: this needs Python 3.11, 3.12, 3.13 or 3.14, and none was found. Install it with 1>&2
echo     winget install Python.Python.3.13 1>&2
echo and run the same command again. 1>&2
exit /b 1
:end
exit /b %errorlevel%
