"""Look for known vulnerabilities in what flagger needs to run; fails on one, says so when the database is out of reach.

Usage: python .ci/audit.py (needs pip-audit)
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

PROJECT = Path(__file__).parents[1]


def main() -> int:
    needed = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text("\n".join(needed) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(requirements), "--format", "json"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        except subprocess.TimeoutExpired:
            print("not audited: no answer in ten minutes")
            return 0
    try:
        audited = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1]
        print(f"not audited: {reason[:300]}")
        return 0
    bad = [(one["name"], one["version"], hole["id"]) for one in audited for hole in one.get("vulns", [])]
    for name, version, identity in bad:
        print(f"{name} {version}: {identity}")
    print(f"{len(audited)} packages audited, {len(bad)} known vulnerabilities")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
