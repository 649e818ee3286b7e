"""A machine in QEMU, arm64 as on the desk or amd64: its screen, its touchscreen, a root shell in it, and its plug.

Qmp      the emulator's own protocol: pictures of the screen, fingers on it.
Shell    commands in the machine over a serial port; no network and no login.
Machine  starts it, reads its console, pulls its plug.

Everything is emulated in software; no rights of a hypervisor are needed.
"""
import base64
import json
import os
import re
import select
import signal
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# The emulator and its console, by the name of the folder with the disks.
BOARDS = {
    "arm64": (["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a72"], "ttyAMA0"),
    "amd64": (["qemu-system-x86_64", "-M", "q35", "-cpu", "max"], "ttyS0"),
}


class Qmp:
    """The emulator's protocol on a socket."""

    def __init__(self, path):
        end = time.time() + 60
        while True:
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.connect(path)
                break
            except OSError:
                if time.time() > end:
                    raise
                time.sleep(0.1)
        self.file = self.socket.makefile("rw")
        self.file.readline()
        self.say("qmp_capabilities")

    def say(self, name, **arguments):
        """One command and its answer."""
        self.file.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise RuntimeError(f"{name}: {answer['error']}")

    def picture(self, path):
        """What the screen shows, as a PNG file."""
        self.say("screendump", filename=os.path.abspath(path), format="png", device="screen")

    def touch(self, x, y, size=(800, 480), lasting=0.12):
        """A finger on a place of the screen, in pixels."""
        def part(kind, axis, value):
            return {"type": "mtt", "data": {"type": kind, "slot": 0, "tracking-id": 1 if kind != "end" else -1,
                                            "axis": axis, "value": value}}

        def finger(down):
            return {"type": "btn", "data": {"button": "touch", "down": down}}

        x, y = int(x / size[0] * 0x7FFF), int(y / size[1] * 0x7FFF)
        self.say("input-send-event", events=[part("begin", "x", 0), finger(True), part("data", "x", x), part("data", "y", y)])
        time.sleep(lasting)
        self.say("input-send-event", events=[part("end", "x", 0), finger(False)])


class Shell:
    """A root shell in the machine."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.heard, self.number = b"", 0

    def call(self, command, at_most=180):
        """Runs a command: its exit code and all that it said."""
        self.number += 1
        self.socket.sendall(f"{self.number} {base64.b64encode(command.encode()).decode()}\n".encode())
        whole = re.compile(rb"<%d (\d+)>(.*?)</%d>" % (self.number, self.number), re.S)
        end = time.time() + at_most
        while True:
            found = whole.search(self.heard)
            if found:
                self.heard = self.heard[found.end():]
                return int(found[1]), base64.b64decode(found[2]).decode(errors="replace")
            left = end - time.time()
            if left <= 0:
                raise TimeoutError(f"no answer in {at_most} s to: {command}")
            if select.select([self.socket], [], [], left)[0]:
                data = self.socket.recv(65536)
                if not data:
                    raise ConnectionError("the machine's shell is gone")
                self.heard += data

    def run(self, command, at_most=180):
        """What a command says."""
        return self.call(command, at_most)[1].strip()

    def until(self, command, wanted, at_most, every=0.3):
        """Seconds until what a command says matches; None: it never did."""
        began = time.time()
        while time.time() < began + at_most:
            if re.search(wanted, self.run(command)):
                return round(time.time() - began, 1)
            time.sleep(every)
        return None


class Machine:
    """A machine with a screen of 800 by 480 that is touched, a root disk that forgets, and a data disk
    whose every write and flush is kept in a log (`cuts.py` makes power cuts of it). It has no network."""

    def __init__(self, work, files, data, log=None, clock=None, without=()):
        os.makedirs(work, exist_ok=True)
        self.work, self.console = work, f"{work}/console.log"
        for name in ("qmp", "shell"):
            if os.path.exists(f"{work}/{name}.socket"):
                os.unlink(f"{work}/{name}.socket")
        disk = ["-blockdev", f"driver=file,node-name=file,filename={data}", "-blockdev", "driver=raw,node-name=raw,file=file"]
        if log:
            open(log, "wb").close()
            disk += ["-blockdev", f"driver=file,node-name=log,filename={log}", "-blockdev",
                     "driver=blklogwrites,node-name=data,file=raw,log=log,log-super-update-interval=1"]
        board, console = BOARDS[os.path.basename(files).removeprefix("machine-")]
        command = [
            *board, "-smp", "2", "-m", "1024",
            "-accel", "tcg,thread=multi,tb-size=512", "-kernel", f"{files}/vmlinuz", "-initrd", f"{files}/initrd",
            "-append", f"console={console} loglevel=4 systemd.show_status=0 panic=5 vt.global_cursor_default=0 consoleblank=0 "
            + " ".join(f"systemd.mask={unit}" for unit in without),
            "-drive", f"if=none,id=root,file={files}/root.ext4,format=raw,snapshot=on",
            "-device", "virtio-blk-pci,drive=root,addr=4",
            *disk, "-device", f"virtio-blk-pci,drive={'data' if log else 'raw'},addr=5",
            "-device", "virtio-gpu-pci,id=screen,xres=800,yres=480", "-device", "virtio-multitouch-pci",
            "-device", "virtio-rng-pci", "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=shell,path={work}/shell.socket,server=on,wait=off",
            "-device", "virtserialport,chardev=shell,name=test-shell",
            "-rtc", f"base={clock or 'utc'}",
            "-display", "none", "-nodefaults", "-no-user-config",
            "-chardev", f"file,id=console,path={self.console}", "-serial", "chardev:console",
            "-qmp", f"unix:{work}/qmp.socket,server=on,wait=off",
        ]
        enter = f'. "{HERE}/rig.sh"; INSTEAD_OF_THIS_SHELL=yes inside "$TOOLS" "$@"'
        self.errors = open(f"{work}/emulator.log", "w")
        self.began = time.time()
        self.process = subprocess.Popen(["bash", "-euc", enter, "machine", *command], stdin=subprocess.DEVNULL,
                                        stdout=self.errors, stderr=self.errors)
        self.qmp = Qmp(f"{work}/qmp.socket")

    def boot(self, at_most=600):
        """Waits until everything is started; seconds by our clock and by the machine's."""
        end = time.time() + at_most
        while time.time() < end:
            with open(self.console, errors="replace") as file:
                text = file.read()
            found = re.search(r"TEST-READY ([0-9.]+)", text)
            if found:
                self.shell = Shell(f"{self.work}/shell.socket")
                return round(time.time() - self.began, 1), float(found[1])
            if self.process.poll() is not None:
                raise RuntimeError("the emulator ended: " + open(self.errors.name).read()[-800:])
            time.sleep(0.2)
        raise TimeoutError(f"not started in {at_most} s; the console ends with: {text[-600:]}")

    def pull_the_plug(self):
        """Power is gone, in the middle of whatever was being done."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
