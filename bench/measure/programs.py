# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole runs of a program: time, memory, instructions."""

import json
import os
import shlex
import statistics
import subprocess
import tempfile

from .callgrind import Profile

FAKE = "libvfio-tph-fake"
ROUNDS = 5


def times(commands, environment, runs):
    """Seconds of each run of each command. In rounds, so that a change of the
    machine's mood comes over all of them."""
    result = [{"wall": [], "cpu": []} for _ in commands]
    each = max(1, runs // ROUNDS)
    with tempfile.NamedTemporaryFile(suffix=".json") as export:
        for _ in range((runs + each - 1) // each):
            subprocess.run(
                ["hyperfine", "-N", "--style", "none", "--warmup", "1",
                 "--runs", str(each), "--export-json", export.name,
                 *map(shlex.join, commands)],
                env=environment, check=True, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            with open(export.name, encoding="utf-8") as stream:
                for kept, one in zip(result, json.load(stream)["results"]):
                    kept["wall"] += one["times"]
                    kept["cpu"].append(one["user"] + one["system"])
    return result


def summary(seconds):
    """Median and quartiles of the runs; the CPU time of rounds is a mean."""
    wall = sorted(seconds["wall"])
    low, median, high = (statistics.quantiles(wall, n=4)
                         if len(wall) > 1 else wall * 3)
    return {"runs": len(wall), "median": median, "quartiles": [low, high],
            "cpu": statistics.median(seconds["cpu"])}


def peak_memory(command, environment):
    """KiB. GNU time, since a child of ours would begin with our own."""
    with tempfile.NamedTemporaryFile("r") as told:
        subprocess.run(["env", "-u", "LD_PRELOAD", "time", "-f", "%M", "-o",
                        told.name, "env", "LD_PRELOAD=" +
                        environment.get("LD_PRELOAD", ""), *command],
                       env=environment, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return int(told.read().split()[-1])


def profile(command, environment):
    """What callgrind saw of one run."""
    with tempfile.TemporaryDirectory() as directory:
        out = os.path.join(directory, "callgrind.out")
        ran = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
             *command], env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, check=False)
        if ran.returncode or not os.path.exists(out):
            raise RuntimeError(f"{shlex.join(command)}: exit status "
                               f"{ran.returncode}: {ran.stderr.strip()}")
        return Profile(out)


def instructions(command, environment):
    """Of the program and its libraries, after they were loaded."""
    return profile(command, environment).of_main(FAKE)
