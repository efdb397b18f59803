"""What the parts of a measurement share: the time that is left, programs that are ended when theirs is up, and
files that are complete after each part."""
import json, os, signal, subprocess, time


class Budget:
    """Seconds from the start of the measurement."""

    def __init__(self, seconds):
        self.seconds, self.started = seconds, time.monotonic()

    def spent(self):
        return time.monotonic() - self.started

    def left(self):
        return self.seconds - self.spent()

    def share(self, most, kept=0):
        """At most so many seconds, and none of those that are kept for later."""
        return max(0, min(most, self.left() - kept))


class Record:
    """results.jsonl, one object a program that ran; summary.md for readers; log.txt with what programs said."""

    def __init__(self, folder):
        self.folder, self.lines = folder, []
        for name in ["results.jsonl", "summary.md", "log.txt"]:
            (folder / name).write_text("")
        self.say("# retort-gpu on this machine\n")

    def _append(self, name, text):
        with open(self.folder / name, "a") as file:
            file.write(text)

    def say(self, line):
        print(line, flush=True)
        self._append("summary.md", line + "\n")

    def keep(self, **fields):
        self.lines.append(fields)
        self._append("results.jsonl", json.dumps(fields) + "\n")

    def log(self, command, done):
        text = done["out"] + done["err"]
        self._append("log.txt", f"\n$ {' '.join(command)}\n{text[-20000:]}\n[{done['status']}, {done['seconds']:.1f} s]\n")


def run(command, seconds, record, environment=None, ending=signal.SIGKILL):
    """Runs a program for so many seconds at most: {"status", "seconds", "out", "err"}, where the status is `done`,
    `exit N`, `stopped` when its time was up, `no time left` or why it did not start. A time that is up is told by the signal
    `ending`, and 15 seconds later by one that cannot be refused."""
    started = time.monotonic()

    def result(status, out="", err=""):
        done = {"status": status, "seconds": time.monotonic() - started, "out": out, "err": err}
        record.log(command, done)
        return done

    if seconds < 2:
        return result("no time left")
    try:
        # A group of its own, so that what it started ends with it.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, errors="replace", env=environment, preexec_fn=os.setpgrp)
    except OSError as error:
        return result(f"not started: {error}")
    for wait, sent in [(seconds, ending), (15, signal.SIGKILL), (15, signal.SIGKILL)]:
        try:
            out, err = process.communicate(timeout=wait)
            break
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, sent)
    else:
        return result("stopped, and did not end")
    if time.monotonic() - started >= seconds:
        return result("stopped", out, err)
    return result("done" if process.returncode == 0 else f"exit {process.returncode}", out, err)
