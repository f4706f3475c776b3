"""What bin/run does to the database, in one process that ends before gunicorn forks: Django is loaded only once."""

from django.core.management import execute_from_command_line

STEPS = (
    ("migrate", "--verbosity", "0"),
    ("seed_demo", "--first-run"),
)

if __name__ == "__main__":
    for step in STEPS:
        execute_from_command_line(["manage.py", *step])
