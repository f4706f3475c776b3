# Sourced by bin/run, bin/test and .ci/run: goes to the project folder and finds a Python that is new enough.
# Sets $python. What follows is bin/setup.py's: it makes .venv and installs the requirements.

unset PYTHONHOME PYTHONPATH PYTHONSAFEPATH PYTHONINSPECT VIRTUAL_ENV
cd -- "$root" || exit 1

python=
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    answer=$("$candidate" -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null) || continue
    if [ "$answer" = True ]; then
        python=$(command -v "$candidate")
        break
    fi
done
if [ -z "$python" ]; then
    if found=$(python3 --version 2>&1); then
        echo "Bloggy needs Python 3.11 or newer, but python3 is $found: install a newer one, then run this again." >&2
    else
        echo "Bloggy needs Python 3.11 or newer, and there is no python3 on PATH: install it, then run this again." >&2
    fi
    exit 1
fi
