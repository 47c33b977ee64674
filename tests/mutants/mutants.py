"""Do the checks see bugs? Runs every seeded bug (tests/mutants/*.patch) over every scenario: which check killed it where?

  mutants.py BUILD SOURCE [--only NAME] [--quick] [-j N]

BUILD holds paygrid and tests/mutants/paygrid-mutant-*, SOURCE the sources. The unmutated program must pass every trial: a harness
that kills because it is broken kills that program first. A mutant that no scenario kills meets the
matrix of explored worlds, then the doctor, then the fuzzer. Ends with 0 when the unmutated program survives everything, every
mutant is killed, the check that its patch names is among its killers, and every check of `paygrid list checks` killed one.
With --quick each mutant meets only the trial that its patch names.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

TRIAL_SECONDS_MAX = 120
FUZZ_SECONDS = 20  # each of the protocols
FUZZED_PROTOCOLS = ["2pc", "3pc", "opo"]
MATRIX, DOCTOR, FUZZ = "matrix", "doctor", "fuzz"
# One letter a killer. An invariant: one that a protocol states of itself; an expectation: a figure or a verdict that was missed.
LETTERS = {"AC1": "1", "AC2": "2", "AC3": "3", "AC4": "4", "AC5": "5", "conservation": "c", "no-overdraft": "o",
           "durability": "d", "no-double-charge": "n", "answer": "a", "invariant": "i", "ranking": "r", "assertion": "!",
           "mutual-exclusion": "m", "zombie-writes": "z", "fence-monotonic": "f", "no-endless-wait": "w",
           "no-lock-left": "l", "no-circular-wait": "q", "expectation": "e", "doctor": "D", "hang": "h"}


class Mutant:
    """One patch. Its head says `Bug:`, `Taken from:` and `Seen by: CHECK in TRIAL`."""

    def __init__(self, patch, build):
        self.name = patch.stem
        self.program = build / "tests" / "mutants" / f"paygrid-mutant-{self.name}"
        head = " ".join(patch.read_text().split("\n--- ")[0].split())
        seen = re.search(r"Bug: .+ Taken from: .+ Seen by: (\S+) in (\S+)$", head)
        if not seen:
            sys.exit(f"{patch}: the head must say Bug:, Taken from:, and Seen by: CHECK in TRIAL")
        self.check, self.trial = seen.groups()


def killer_of(name):
    """The names of the explorer's properties, in the words of the table."""
    if name.startswith("invariant:"):
        return "invariant"
    other_names = {"possible inputs only": "assertion", "ranking: decreases": "ranking", "no overdraft": "no-overdraft"}
    return other_names.get(name, name)


def findings_of(folder):
    """The checks that failed, or else the expectations that were missed, in the folder of a run or an exploration."""
    file = folder / "result.json"
    if file.exists():
        results = [json.loads(file.read_text())]
        wanted = {entry["expected"].split(":")[0] for entry in results[0]["expectations"]}
        parts = [(check["name"], check["verdict"] == "fail" and (check["promised"] or check["name"] in wanted))
                 for check in results[0]["checks"]]
    else:
        explored = json.loads((folder / "explore.json").read_text())
        results = explored.get("explorations", [explored])  # one protocol stands at the top
        parts = [(entry["name"], entry["verdict"] == "violated") for result in results for entry in result["verdicts"]]
    failed = {killer_of(name) for name, fails in parts if fails}
    expected = {entry["expected"].split(":")[0] for result in results for entry in result["expectations"] if entry["met"]}
    surprising = failed - expected
    return surprising or {"expectation"}


def fuzz_findings(folder):
    kept = [entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("expected-")]
    known = [check for check in LETTERS if any(name.startswith(f"{check}-") for name in kept)]
    return set(known) or {"assertion"}


def commands_of(trial, source, folder):
    """The command lines of a trial; the first that fails decides."""
    if trial == MATRIX:
        return [["explore", "--matrix", "--quiet"]]
    if trial == DOCTOR:
        return [["doctor", str(source / "scenarios" / "quickstart.yaml")]]
    if trial == FUZZ:
        around = str(source / "scenarios" / "small-cluster.yaml")
        return [["fuzz", around, "--set", f"commit.protocol={protocol}", "--time", f"{FUZZ_SECONDS}s", "--quiet",
                 "--out", str(folder)]
                for protocol in FUZZED_PROTOCOLS]
    file = source / trial
    verb = "run" if re.search(r"^duration:", file.read_text(), re.MULTILINE) else "explore"
    return [[verb, str(file), "--quiet", "--out", str(folder)]]


def killers(program, trial, source):
    """Who killed `program` in `trial`; empty: it survived."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "result"
        for arguments in commands_of(trial, source, folder):
            try:
                ended = subprocess.run([program, *arguments], capture_output=True, text=True, check=False,
                                       timeout=TRIAL_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                return {"hang"}
            # A counterexample that ends in an assertion cannot be written down to its end.
            if ended.returncode == 64 and "an impossible state" in ended.stderr:
                return {"assertion"}
            if ended.returncode == 64:
                sys.exit(f"{program} {' '.join(arguments)}: {ended.stderr}")
            if ended.returncode == 0:
                continue
            if ended.returncode < 0 or ended.returncode == 70:
                return fuzz_findings(folder) if trial == FUZZ else {"assertion"}
            if trial == DOCTOR:
                return {"doctor"}
            if trial == MATRIX:
                words = {name for name in LETTERS if re.search(rf"\b{re.escape(name)}\b", ended.stdout)}
                return words or {"invariant"}
            return fuzz_findings(folder) if trial == FUZZ else findings_of(folder)
    return set()


class Harness:
    def __init__(self, build, source, workers):
        self.build, self.source = build, source
        self.honest = build / "paygrid"
        self.pool = concurrent.futures.ThreadPoolExecutor(workers)
        self.scenarios = sorted(str(file.relative_to(source)) for file in (source / "scenarios").rglob("*.yaml"))
        listed = subprocess.run([self.honest, "list", "checks"], capture_output=True, text=True, check=True).stdout
        self.checks = [line.split()[0] for line in listed.splitlines()]

    def all_trials(self, program, trials):
        runs = {trial: self.pool.submit(killers, program, trial, self.source) for trial in trials}
        return {trial: run.result() for trial, run in runs.items()}

    def one_after_another(self, program):
        """Every scenario; while nothing kills, the wider nets."""
        found = self.all_trials(program, self.scenarios)
        for wider in [MATRIX, DOCTOR, FUZZ]:
            if any(found.values()):
                break
            found[wider] = killers(program, wider, self.source)
        return found


def cell(found):
    text = "".join(letter for name, letter in LETTERS.items() if name in found)
    return (text if len(text) <= 2 else text[:1] + "+") or "."


def row(name, found, columns):
    cells = "".join(f"{cell(found[trial]) if trial in found else '':>3}" for trial in columns)
    print(f"{name:<33}{cells}", flush=True)


def conclude(mutants, dead, wrong, checks_that_killed, harness):
    for complaint in wrong:
        print(complaint)
    idle = [check for check in harness.checks if check not in checks_that_killed]
    print(f"mutants killed: {dead} of {len(mutants)}")
    print(f"checks that killed none: {', '.join(idle) or 'none'}")
    return 1 if wrong or idle or dead < len(mutants) else 0


def matrix(harness, mutants):
    columns = harness.scenarios + [MATRIX, DOCTOR, FUZZ]
    print(f"{'':<33}" + "".join(f"{number:>3}" for number in range(1, len(columns) + 1)))
    honest = harness.all_trials(harness.honest, columns)
    row("(unmutated)", honest, columns)
    wrong = [f"the unmutated program fails in {trial}" for trial, found in honest.items() if found]
    dead, checks = 0, set()
    for mutant in mutants:
        found = harness.one_after_another(mutant.program)
        row(mutant.name, found, columns)
        killed_by = set().union(*found.values())
        dead += 1 if killed_by else 0
        checks |= killed_by
        if mutant.check not in (found[mutant.trial] if mutant.trial in found else set()):
            wrong.append(f"{mutant.name}: {mutant.check} in {mutant.trial} was to kill it")
    print("\n" + "\n".join(f"{number:>4}  {trial}" for number, trial in enumerate(columns, 1)))
    print("\n" + textwrap.fill(", ".join(f"{letter} {name}" for name, letter in LETTERS.items()) + ", + and others", 120))
    return conclude(mutants, dead, wrong, checks, harness)


def quick(harness, mutants):
    """The recorded killer of each mutant alone, and the unmutated program in each of those trials."""
    honest = harness.all_trials(harness.honest, sorted({mutant.trial for mutant in mutants}))
    wrong = [f"the unmutated program fails in {trial}" for trial, found in honest.items() if found]
    print(f"{'(unmutated)':<40}{len(honest)} trials, {'all passed' if not wrong else 'NOT all passed'}")
    runs = [(mutant, harness.pool.submit(killers, mutant.program, mutant.trial, harness.source)) for mutant in mutants]
    dead, checks = 0, set()
    for mutant, run in runs:
        found = run.result()
        killed = mutant.check in found
        dead += 1 if killed else 0
        checks |= found
        print(f"{mutant.name:<40}{mutant.trial:<40}{mutant.check if killed else 'NOT killed by ' + mutant.check}", flush=True)
    return conclude(mutants, dead, wrong, checks, harness)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("build", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("source", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("--only", metavar="NAME", help="this mutant alone; whether every check killed one is then not asked")
    parser.add_argument("--quick", action="store_true", help="only the trial that each patch names")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    harness = Harness(options.build, options.source, options.jobs)
    patches = sorted((options.source / "tests" / "mutants").glob("*.patch"))
    mutants = [Mutant(patch, options.build) for patch in patches if options.only in (None, patch.stem)]
    if not mutants:
        sys.exit(f"no mutant {options.only}; there are: {', '.join(patch.stem for patch in patches)}")
    if options.only:
        harness.checks = []
    return (quick if options.quick else matrix)(harness, mutants)


if __name__ == "__main__":
    sys.exit(main())
