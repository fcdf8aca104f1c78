"""CPU time and memory of a process with everything it started, read from the Linux kernel."""

import os
import time
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Memory(NamedTuple):
    """Megabytes (10^6 bytes) of a process tree: resident now, and the most that was ever resident."""

    rss_mb: float
    peak_mb: float


def tree(pid: int) -> list[int]:
    """`pid` and all its living descendants; empty when it has ended."""
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        try:
            lists = [(task / "children").read_text() for task in (PROC / str(current) / "task").iterdir()]
        except OSError:  # it ended while we looked
            continue
        found.append(current)
        waiting += [int(child) for line in lists for child in line.split()]
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time since the start: all threads, living descendants, and those that it has reaped."""
    return sum(_own_seconds(each) + _reaped_seconds(each) for each in tree(pid))


def memory(pid: int) -> Memory:
    """Resident memory of the whole tree. Peaks of several processes are added, so that sum is an upper bound."""
    rows = [_status(each) for each in tree(pid)]
    return Memory(sum(row.rss_mb for row in rows), sum(row.peak_mb for row in rows))


def _own_seconds(pid: int) -> float:
    """The kernel's CPU clock of another process, exact to the nanosecond where /proc/PID/stat counts 10 ms ticks.

    The clock's number is made as glibc's clock_getcpuclockid makes it: the complement of the process id, then
    CPUCLOCK_SCHED (2). See man clock_getcpuclockid(3).
    """
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _reaped_seconds(pid: int) -> float:
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[13]) + int(fields[14])) / TICKS_PER_SECOND


def _status(pid: int) -> Memory:
    try:
        lines = (PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return Memory(0.0, 0.0)
    kilobytes = {
        name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines) if "kB" in value
    }
    return Memory(kilobytes.get("VmRSS", 0) * 1024 / 1e6, kilobytes.get("VmHWM", 0) * 1024 / 1e6)
