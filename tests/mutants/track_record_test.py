"""Every command of tests/TRACK_RECORD.md still shows what its row says.

  track_record_test.py BUILD SOURCE
"""
import pathlib
import re
import shlex
import subprocess
import sys

BUILD, SOURCE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
HARNESS = SOURCE / "tests" / "mutants" / "mutants.py"


def main():
    table = (SOURCE / "tests" / "TRACK_RECORD.md").read_text().splitlines()
    rows = [line.split("|") for line in table if line.startswith("| ")]
    failed = 0
    for row in rows[1:]:
        command = re.fullmatch(r"\s*`(.+)`\s*", row[4])
        words = shlex.split(command.group(1)) if command else []
        if words[:1] == ["scripts/mutants"]:
            line = [sys.executable, "-B", str(HARNESS), str(BUILD), str(SOURCE), *words[1:]]
        elif words[:1] == ["scripts/test"]:
            line = ["ctest", "--test-dir", str(BUILD), "--no-tests=error", "--output-on-failure", *words[1:]]
        else:
            sys.exit(f"who runs this? {row[4]}")
        ended = subprocess.run(line, capture_output=True, text=True, check=False)
        print(f"{'ok' if ended.returncode == 0 else 'FAIL':<5}{command.group(1)}", flush=True)
        if ended.returncode != 0:
            failed += 1
            print(ended.stdout[-3000:] + ended.stderr[-3000:])
    return 1 if failed or len(rows) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
