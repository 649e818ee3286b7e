"""A Debian root as a container with a systemd of its own, and a list of checks.

Works where PID 1 is not systemd: nothing is registered with the host, and commands go in by nsenter.
"""
import os
import pty
import shutil
import subprocess
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
RIG = os.path.join(HERE, "rig.sh")


def base_root():
    """The Debian root that boxes are copied from; made when it is not there."""
    script = f'. "{RIG}"; need systemd-nspawn systemd-container; debian_root "$(dpkg --print-architecture)"'
    done = subprocess.run(["bash", "-euc", script], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


class Report:
    """The checks, one line each."""

    def __init__(self):
        self.began, self.passed, self.failed = time.time(), 0, 0

    def check(self, what, good, figure=""):
        """Prints the outcome of one check; the figure is what was measured or found."""
        self.passed += bool(good)
        self.failed += not good
        figure = " ".join(str(figure).split())
        print(f"{time.time() - self.began:6.1f} s  {'ok  ' if good else 'FAIL'}  {what}{': ' if figure else ''}{figure}", flush=True)

    def close(self):
        """Prints the sums and returns the exit code."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


class Box:
    """A copy of a Debian root; gone when the block ends."""

    def __init__(self, base):
        self.root = f"{os.path.dirname(base)}/box-{os.getpid()}"
        subprocess.run(["cp", "-a", "--reflink=auto", base, self.root], check=True)
        self.process = self.leader = None
        open(self.path("/etc/machine-id"), "w").close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        subprocess.run(["rm", "-rf", "--one-file-system", self.root])

    def path(self, inside):
        """Where a file of the box lies. The box's own /run is another file system: `write` and `read` reach it."""
        return f"/proc/{self.leader}/root{inside}" if self.leader else self.root + inside

    def read(self, inside):
        """The text of a file."""
        with open(self.path(inside)) as file:
            return file.read()

    def write(self, inside, text, mode="w"):
        """Writes a file, and its folders."""
        os.makedirs(os.path.dirname(self.path(inside)), exist_ok=True)
        with open(self.path(inside), mode) as file:
            file.write(text)

    def append(self, inside, text):
        """Adds to a file."""
        self.write(inside, text, "a")

    def start(self):
        """Boots, and waits until systemd has nothing more to do."""
        ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            ["systemd-nspawn", "-q", "-D", self.root, "-b", "--register=no", "--keep-unit", "--private-network",
             "--hostname=balie", "--resolv-conf=off", "--timezone=off"],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(theirs)
        threading.Thread(target=self._drain, args=(ours,), daemon=True).start()
        end = time.time() + 60
        while time.time() < end:
            self.leader = self._leader()
            if self.leader and self.call("systemctl", "is-system-running")[1].strip() in ("running", "degraded"):
                return
            time.sleep(0.1)
        raise TimeoutError("the container does not boot")

    @staticmethod
    def _drain(terminal):
        try:
            while os.read(terminal, 65536):
                pass
        except OSError:
            os.close(terminal)

    def _leader(self):
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
                children = file.read().split()
        except OSError:
            children = []
        return int(children[0]) if children else None

    def stop(self):
        """Shuts down; whatever does not end is ended."""
        if self.process is None:
            return
        if self.leader:
            self.call("systemctl", "poweroff")
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = self.leader = None

    def call(self, *command):
        """Runs a command in the box: its exit code and all that it said."""
        enter = ["nsenter", "-t", str(self.leader), "-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w", "--",
                 "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", *command]
        done = subprocess.run(enter, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", timeout=120)
        return done.returncode, done.stdout

    def run(self, *command):
        """What a command says."""
        return self.call(*command)[1]

    def chroot(self, *command):
        """What a command says that needs no running systemd."""
        done = subprocess.run(["chroot", self.root, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.stdout.strip()

    def install(self, package):
        """Installs a Debian package."""
        shutil.copy(package, self.path("/opt/package.deb"))
        return self.call("dpkg", "-i", "/opt/package.deb")

    def show(self, unit, what):
        """A property of a unit."""
        unit = unit if "." in unit else unit + ".service"
        return self.run("systemctl", "show", "-P", what, unit).strip()

    @staticmethod
    def until(true, at_most):
        """How many seconds it took to become true; None: it did not."""
        began = time.time()
        while time.time() < began + at_most:
            if true():
                return time.time() - began
            time.sleep(0.05)
        return None

    def restarted(self, unit, signal, at_most):
        """Sends a signal to a service's program; seconds until another one is ready in its place."""
        self.until(lambda: self.show(unit, "ActiveState") == "active", 20)
        old = self.show(unit, "MainPID")
        self.run("kill", f"-{signal}", old)
        took = self.until(
            lambda: self.show(unit, "ActiveState") == "active" and self.show(unit, "MainPID") not in (old, "0"), at_most)
        return took and round(took, 1)
