"""What figures were measured on: machine, versions and threads, one to a line.

Run:  python3 results/machine.py BINARY
"""
import os, pathlib, platform, subprocess, sys

THREADS = ["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]
TORCH = "import torch; print(torch.__version__, 'on', torch.get_num_threads(), 'threads')"


def said(*command):
    """The first line that a program prints; a dash where it cannot be run."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
        return done.stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "–"


def processor():
    """The processor's name."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def cores():
    """Cores there are, and how many of them this process may run on."""
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:
        usable = os.cpu_count()
    return f"{os.cpu_count()}, of which {usable} may be used"


def commit():
    """The commit of the code, marked where a file besides the results differs from it."""
    changed = said("git", "status", "--porcelain", "--untracked-files=no", "--", ".", ":!results", ":!README.md")
    return said("git", "describe", "--always") + ("" if changed == "–" else "-dirty")


def describe(retort, torch=False):
    """The lines: of the binary `retort` and, where it takes part, of PyTorch."""
    facts = {
        "commit": commit(),
        "retort": said(str(retort), "--version"),
        "rustc": said("rustc", "--version"),
        "python": platform.python_version(),
        "torch": said(sys.executable, "-c", TORCH) if torch else None,
        "system": platform.system() + " " + platform.release(),
        "processor": processor(),
        "cores": cores(),
        "load": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }
    facts |= {name: os.environ.get(name, "not set") for name in THREADS}
    return [f"{name}: {fact}" for name, fact in facts.items() if fact is not None]


if __name__ == "__main__":
    print("\n".join(describe(sys.argv[1])))
