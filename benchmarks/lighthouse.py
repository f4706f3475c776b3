"""What Lighthouse gives a list, a post, the search and a tag's page, as it sees them on a telephone.

Makes a blog of demo posts in a temporary folder, serves it with gunicorn and prints the scores; 100 is wanted for each,
or the exit status is 1. It needs `npm ci`, Node 18 and Chromium:

    .venv/bin/python benchmarks/lighthouse.py

Speed is reckoned for a slow network and processor. A busy machine disturbs that: a page has three tries, and
`--without performance` leaves it out.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bloggy import embedded  # noqa: E402
from bloggy.database import url_of_socket  # noqa: E402
from bloggy.tests.sites import manage, serving  # noqa: E402

LIGHTHOUSE = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
CHROMIUM = "/usr/bin/chromium"
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
TRIES = 3


def pages(site):
    """Return the addresses to look at by the names of their pages: a post in the middle of the list, its first tag."""
    post = re.findall(r'post-card__title"[^>]*><a href="([^"]+)"', site.ask("/").text)[4]
    tag = re.search(r'<a href="(/tag/[^"]+)" rel="tag"', site.ask(post).text)[1]
    return {"list": "/", "post": post, "search": "/search/", "tag": tag}


def scores_of(address, categories, folder):
    """Return the scores of an address, from 0 to 100, and the titles of the audits that lost points."""
    report = folder / "lighthouse.json"
    command = ["node", LIGHTHOUSE, address, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--chrome-flags={FLAGS}", f"--only-categories={','.join(categories)}"]
    environment = os.environ | {"CHROME_PATH": CHROMIUM}
    subprocess.run(command, env=environment, check=True, stdin=subprocess.DEVNULL, timeout=180)
    found = json.loads(report.read_text())
    scores = [round(100 * (found["categories"][name]["score"] or 0)) for name in categories]
    counted = [part for name in categories for part in found["categories"][name]["auditRefs"] if part["weight"]]
    audits = [found["audits"][part["id"]] for part in counted]
    return scores, [audit["title"] for audit in audits if audit["score"] is not None and audit["score"] < 0.9]


def measure(site, categories, folder):
    """Print the scores of each page; return whether all are 100."""
    print(f"{'':8}" + "".join(f"{name:>16}" for name in categories), flush=True)
    perfect, good = [100] * len(categories), True
    for name, path in pages(site).items():
        for _ in range(TRIES):
            scores, lost = scores_of(f"http://127.0.0.1:{site.port}{path}", categories, folder)
            if scores == perfect:
                break
        print(f"{name:8}" + "".join(f"{score:>16}" for score in scores), *lost, sep="  ", flush=True)
        good &= scores == perfect
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--without", action="append", default=[], choices=CATEGORIES)
    without = parser.parse_args().without
    if missing := [str(path) for path in (LIGHTHOUSE, Path(CHROMIUM)) if not path.exists()]:
        sys.exit(f"Missing: {', '.join(missing)}. Needed: npm ci, apt install nodejs npm chromium.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        embedded.start("postgres", embedded.FAST, var=folder)
        url = url_of_socket(embedded.socket_dir(folder / "postgres"), "bloggy", "postgres")
        manage(url, "migrate")
        manage(url, "seed_demo", "--posts", "50", "--comments", "100")
        with serving(url, folder) as site:
            good = measure(site, [name for name in CATEGORIES if name not in without], folder)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
