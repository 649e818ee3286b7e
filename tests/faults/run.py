#!/usr/bin/python3
"""Makes the faults of table.txt and prints a table: fault, tried, held; and what is left to a machine.

usage: run.py [options for cargo]     (`make faults`; BALIE_FAULT_ROUNDS says how often)

The tests run through cargo nextest, or through cargo test where that is not installed. Tests of the touchscreen are
left out when the options leave Slint out. Ends with 1 when something did not hold.
"""
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as tree

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
# What a test says that could not make its fault on this machine.
LEFT_OUT = re.compile(r"^(skipped.*|no unshare here|this user may not mount here)$", re.M)


def read_table():
    """Number, fault, tests and what is left, in order."""
    rows = []
    for line in open(os.path.join(HERE, "table.txt"), encoding="utf-8"):
        kind, _, words = line.strip().partition(" ")
        if kind == "test":
            rows[-1]["tests"].append(tuple(words.split("::", 1)))
        elif kind == "left":
            rows[-1]["left"] = words
        elif kind.isdigit():
            rows.append({"number": int(kind), "fault": words, "tests": [], "left": ""})
    return rows


def needing_slint():
    """The binaries that exist only where Slint is built in."""
    manifest = open(os.path.join(ROOT, "Cargo.toml"), encoding="utf-8").read()
    return set(re.findall(r'\[\[test\]\]\nname = "(\w+)"\nrequired-features', manifest))


def binaries(names):
    """The options that build these and no others."""
    options = []
    for name in names:
        options += ["--lib"] if name == "lib" else ["--test", name]
    return options


def by_nextest(tests, options):
    """What came of each test: passed, seconds, output."""
    wanted = " | ".join(f"(binary_id({'balie' if binary == 'lib' else 'balie::' + binary}) & test(={name}))"
                        for binary, name in sorted(tests))
    config = ["--config-file", os.path.join(HERE, "nextest.toml")]
    names = sorted({binary for binary, _ in tests})
    subprocess.run(["cargo", "nextest", "run", *config, *options, *binaries(names), "-E", wanted], cwd=ROOT)
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
    results = {}
    for suite in tree.parse(os.path.join(target, "nextest/default/faults.xml")).iter("testsuite"):
        binary = suite.get("name").removeprefix("balie::").replace("balie", "lib")
        for case in suite.iter("testcase"):
            failed = case.find("failure") is not None or case.find("error") is not None
            said = "".join(out.text or "" for kind in ("system-out", "system-err") for out in case.iter(kind))
            results[binary, case.get("name")] = (not failed, float(case.get("time")), said)
    return results


def by_cargo(tests, options):
    """The same without nextest, one binary after the other."""
    results = {}
    for binary in sorted({binary for binary, _ in tests}):
        for name in sorted(name for where, name in tests if where == binary):
            began = time.time()
            ran = subprocess.run(["cargo", "test", "--quiet", *options, *binaries([binary]), "--", "--exact", name, "--nocapture"],
                                 cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            passed = ran.returncode == 0 and re.search(r"^test result: ok\. 1 passed", ran.stdout, re.M) is not None
            results[binary, name] = (passed, time.time() - began, ran.stdout)
            print(f"{'held' if passed else 'FAILED'}  {binary}::{name}", flush=True)
            if not passed:
                print(ran.stdout, flush=True)
    return results


def main():
    rows, options, began = read_table(), sys.argv[1:], time.time()
    without = needing_slint() if "--no-default-features" in options and "desk" not in " ".join(options) else set()
    tests = {test for row in rows for test in row["tests"] if test[0] not in without}
    nextest = subprocess.run(["cargo", "nextest", "--version"], capture_output=True, check=False).returncode == 0
    results = (by_nextest if nextest else by_cargo)(tests, options)
    held, words = 0, []
    wide = max(len(row["fault"]) for row in rows)
    print(f"\n{'':>2}  {'fault':<{wide}}  {'tried':<16} held")
    for row in rows:
        there = [test for test in row["tests"] if test[0] not in without]
        missing = len(row["tests"]) - len(there)
        found = [(test, results.get(test, (False, 0.0, ""))) for test in there]
        broken = ["::".join(test) for test, result in found if not result[0]]
        tried = f"{len(found):>2} tests, {sum(result[1] for _, result in found):.0f} s"
        verdict = "NO" if broken else "yes" if found else "not tried"
        held += verdict == "yes"
        print(f"{row['number']:>2}  {row['fault']:<{wide}}  {tried:<16} {verdict}")
        words += [f"{row['number']:>2}  DID NOT HOLD: {name}" for name in broken]
        words += [f"{row['number']:>2}  left out, because they need the touchscreen's program: {missing}"] if missing else []
        for test, result in found:
            words += [f"{row['number']:>2}  {'::'.join(test)}: {line}" for line in LEFT_OUT.findall(result[2])]
        words += [f"{row['number']:>2}  left to a machine: {row['left']}"] if row["left"] else []
    print("\n" + "\n".join(words))
    times = os.environ.get("BALIE_FAULT_ROUNDS", "1")
    print(f"\n{held} of {len(rows)} faults held, {len(results)} tests with {times} times the rounds, in {(time.time() - began) / 60:.1f} min")
    sys.exit(held < len(rows))


if __name__ == "__main__":
    main()
