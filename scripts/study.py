"""What the studies have in common: runs of one scenario under many settings, and their picture."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TERMINALS = {"svg": "svg size 800,500 dynamic", "png": "pngcairo size 1000,640"}


def built(program):
    """The path of paygrid: the one given, or the one that scripts/setup builds."""
    if program is not None:
        return program
    subprocess.run([ROOT / "scripts" / "setup", "release", "paygrid"], check=True)
    return str(ROOT / "build" / "release" / "paygrid")


def result_of(program, scenario, settings):
    """result.json of a run of the scenario, a path below scenarios/, without what it expects."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [program, "run", str(ROOT / "scenarios" / scenario), "--quiet", "--out", f"{scratch}/run", "--set", "expect={}"]
        for setting in settings:
            command += ["--set", setting]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        file = pathlib.Path(scratch) / "run" / "result.json"
        if not file.exists():
            sys.exit(f"{' '.join(command)}: {ended.stderr.strip()}")
        return json.loads(file.read_text())


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def write_table(file, names, rows):
    file.write_text("\n".join([",".join(names), *(",".join(f"{value:.10g}" for value in row) for row in rows)]) + "\n")


def draw(stem, commands):
    """stem.svg and stem.png, by gnuplot."""
    for kind, terminal in TERMINALS.items():
        head = f'set terminal {terminal} font ",14"\nset output "{stem}.{kind}"\nset datafile separator ","\nset grid\n'
        subprocess.run(["gnuplot"], input=head + commands, text=True, check=True)
