#!/bin/sh
# What a container does first. Before gunicorn: it waits for the database, migrates it, and fills an empty one with the
# demo where DEMO_HOST says whose it is. Any other command it becomes at once.
set -eu

# Run a step as a child: a shell that is process 1 would not hear a stop before the step ends.
step() {
    "$@" &
    child=$!
    wait "$child"
}

if [ "${1:-}" = gunicorn ]; then
    child=
    trap '[ -z "$child" ] || kill -TERM "$child"; exit 143' TERM INT
    step python -m bloggy.waiting
    step python manage.py migrate
    if [ "${BLOGGY_ENV:-development}" = development ]; then
        # The development image brings a key, or log-ins would end with each restart.
        if [ -z "${SECRET_KEY:-}${SECRET_KEY_FILE:-}" ] && [ -f var/secret_key ]; then
            export SECRET_KEY_FILE=var/secret_key
        fi
        [ -z "${DEMO_HOST:-}" ] || step python manage.py seed_demo --first-run --own-host "$DEMO_HOST"
    fi
    trap - TERM INT
fi
exec "$@"
