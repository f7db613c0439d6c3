"""The Nu HTML checker, run once for many pages."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

INSTALLED = Path(__file__).parent.parent / "node_modules/vnu-jar/build/dist/vnu.jar"


def html_problems(pages, folder):
    """What the checker says about `pages` (a name → HTML mapping), as lines of text.

    Skips the test where Java or the checker is missing, and fails it in CI.
    """
    jar = Path(os.environ.get("VNU_JAR") or INSTALLED)
    java = shutil.which("java")
    if java is None or not jar.exists():
        refuse = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        refuse("HTML validity needs java and vnu.jar (npm package vnu-jar, or VNU_JAR)")
    names = {}
    for number, (name, html) in enumerate(pages.items()):
        file = folder / f"{number}.html"
        file.write_text(html, encoding="utf-8")
        names[file.as_uri()] = name
    checker = subprocess.run(
        [java, "-jar", str(jar), "--stdout", "--exit-zero-always", "--format", "json", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        f"{names[problem['url'].replace('file:/', 'file:///', 1)]}"
        f":{problem.get('lastLine', '?')}: {problem['message']}"
        for problem in json.loads(checker.stdout)["messages"]
        if problem["type"] != "info" or problem.get("subType") == "warning"
    ]
