"""The examples for CI services do what they say: both parse, and every command of theirs that needs no network runs as it
stands, in a checkout whose build is the one under test. The fuzz is given less time.

  ci_examples_test.py PAYGRID SOURCE
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import yaml

PROGRAM, SOURCE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
EXAMPLES = SOURCE / "scripts" / "ci-examples"
NEEDS_NETWORK = ("apt-get ", "scripts/setup ")


def github_commands():
    job = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text())["jobs"]["gate"]
    return [step["run"] for step in job["steps"] if "run" in step]


def gitlab_commands():
    config = yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text())
    jobs = [job for name, job in config.items() if name not in ("stages", "default")]
    assert {job["stage"] for job in jobs} == set(config["stages"])
    return [line for job in jobs for line in job.get("before_script", []) + job["script"]]


def checkout(folder):
    """The sources and a build in the place where the commands look for it."""
    for name in ("scenarios", "scripts"):
        (folder / name).symlink_to(SOURCE / name)
    (folder / "build" / "release").mkdir(parents=True)
    (folder / "build" / "release" / "paygrid").symlink_to(PROGRAM)


class Examples(unittest.TestCase):
    ran = {}  # both examples share commands: each runs once

    def run_all(self, commands):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch)
            checkout(folder)
            for command in commands:
                if command.startswith(NEEDS_NETWORK):
                    script = command.split()[0]
                    self.assertTrue(script == "apt-get" or (SOURCE / script).exists(), command)
                    continue
                shorter = re.sub(r"--time \S+", "--time 3s", command)
                key = shorter if "--junit" in shorter else (shorter, str(folder))
                if key not in self.ran:
                    self.ran[key] = subprocess.run(["bash", "-euo", "pipefail", "-c", shorter], cwd=folder, capture_output=True,
                                                   text=True, check=False)
                    for file in re.findall(r"--(?:junit|out) (\S+)", shorter):
                        self.assertTrue((folder / file).exists(), f"{command} wrote no {file}")
                ended = self.ran[key]
                self.assertEqual(ended.returncode, 0, f"{command}\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}")

    def gate_is_complete(self, commands):
        for part in ("scripts/setup release paygrid", "paygrid check scenarios/*.yaml scenarios/*/*.yaml --junit", "explore --matrix", "fuzz"):
            self.assertTrue(any(part in command for command in commands), part)

    def test_github_runs_the_whole_gate(self):
        self.gate_is_complete(github_commands())
        self.run_all(github_commands())

    def test_gitlab_runs_the_whole_gate(self):
        self.gate_is_complete(gitlab_commands())
        self.run_all(gitlab_commands())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
