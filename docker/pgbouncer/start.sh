#!/bin/sh
# Writes the one user whom PgBouncer knows, then becomes PgBouncer.
set -eu
umask 077
quoted=$(printf %s "${POSTGRES_PASSWORD:?must be set}" | sed 's/"/""/g')
printf '"bloggy" "%s"\n' "$quoted" >/tmp/users.txt
exec pgbouncer /etc/bloggy/pgbouncer.ini
