#!/usr/bin/python3
"""The package on Debian's own systemd: installed, started, killed, hung, upgraded, taken away.

usage: run.py PACKAGE.deb   (root; `make test-units` builds the package first)

A Debian 13 root (made once, kept under target/appliance) is booted as a container in about a second. What
needs a kernel of its own (screen, touch, GPIO lines, memory limits) is tried by `make test-appliance`.
Prints one line for each check with its figure, and 'N passed, N failed' at the end.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from box import RIG, Box, Report, base_root  # noqa: E402

REPO = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))

SERVICES = ["balie-collector", "balie-kiosk", "balie-backup", "balie-lamp"]
# All that any of them may change of what is tried.
MAY = {"balie-lamp": []}
# What systemd-analyze calls the exposure of a service, at most.
TIGHT = 1.5
# What the package may take of the card's root file system, in millions of bytes.
ROOM = 25
# Nobody may wait for these: a shop without a network and with a wrong clock has its list all the same.
WAITS = r"network-online\.target|network\.target|time-sync\.target|time-set\.target|systemd-timesyncd"
DATA = "/var/lib/balie"

# What a service could do with its rights: run in the place of its program.
PROBE = r"""
can() { "$@" 2>/dev/null && echo "may: $*" || echo "may not: $*"; }
for place in /etc /usr/bin /root /home /var/lib /boot /opt; do can touch "$place/balie-probe"; done
can touch /var/lib/balie/probe
can chmod u+s /var/lib/balie/probe
rm -f /var/lib/balie/probe
can test -r /etc/shadow
can test -w /proc/sys/kernel/domainname
can mount -t tmpfs none /var/lib/balie
can mknod /tmp/node c 1 1
can unshare --user true
for node in /dev/mem /dev/kmsg /dev/vda /dev/fuse; do can test -w $node; done
echo "inet: $( (exec 3<>/dev/tcp/127.0.0.1/9) 2>&1 | grep -oE 'Address family not supported|Connection refused|unreachable|Permission denied')"
echo "user: $(id -un)"
grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status
"""


def size(report, package):
    """What the package takes of a card, whose root file system is packed by the same words."""
    with open(f"{REPO}/yocto/meta-balie/conf/distro/balie-os.conf") as file:
        words = re.search(r'^EXTRA_IMAGECMD:squashfs-zst = "(.*)"$', file.read(), re.M)[1].split()
    subprocess.run(["bash", "-euc", f'. "{RIG}"; need mksquashfs squashfs-tools'], check=True)
    with tempfile.TemporaryDirectory() as folder:
        tree, image = f"{folder}/tree", f"{folder}/image"
        subprocess.run(["dpkg-deb", "-x", package, tree], check=True)
        # The card has Balie's fonts as files too: without any font Slint draws nothing.
        os.makedirs(f"{tree}/usr/share/fonts/ttf")
        for font in glob.glob(f"{REPO}/ui/fonts/*.ttf"):
            shutil.copy(font, f"{tree}/usr/share/fonts/ttf")
        installed = sum(os.lstat(os.path.join(at, name)).st_size for at, _, names in os.walk(tree) for name in names)
        subprocess.run(["mksquashfs", tree, image, "-noappend", "-quiet", "-no-progress", "-comp", "zstd", *words],
                       check=True, stdout=subprocess.DEVNULL)
        packed = os.path.getsize(image)
    report.check(f"on the card it takes {ROOM} MB at most", packed <= ROOM * 1e6,
                 f"{packed / 1e6:.1f} MB, unpacked {installed / 1e6:.1f} MB")


def units(box, report):
    """The unit files by themselves."""
    here = "/usr/lib/systemd/system/"
    for name in sorted(os.listdir(box.path(here))):
        if not name.startswith("balie"):
            continue
        said = box.chroot("systemd-analyze", "verify", "--man=no", here + name)
        report.check(f"{name} is understood without a word", said == "", said)
        if not name.endswith(".service"):
            continue
        said = box.chroot("systemd-analyze", "security", "--offline=true", "--no-pager", here + name)
        found = re.search(r"exposure level for \S+: ([0-9.]+)", said)
        score = float(found[1]) if found else 10.0
        report.check(f"{name} is tight", score <= TIGHT, f"exposure {score}, at most {TIGHT}")


def order(box, report):
    """What must have happened before a service starts, and before that, and before that."""
    after = {}
    for unit in box.run("systemctl", "show", "--all", "-p", "Id", "-p", "After", "*").split("\n\n"):
        found = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line)
        after[found.get("Id")] = found.get("After", "").split()
    for name, first in (("balie-collector", "basic.target"), ("balie-kiosk", "systemd-tmpfiles-setup.service"),
                        ("balie-lamp", "systemd-tmpfiles-setup.service")):
        seen, new = set(), [name + ".service"]
        while new:
            # The login on the first console is stopped, not waited for.
            more = {unit for one in new for unit in after.get(one, []) if unit != "getty@tty1.service"}
            new = more - seen
            seen |= new
        waits = sorted(unit for unit in seen if re.fullmatch(WAITS, unit))
        report.check(f"{name} waits for no network and no clock", first in seen and not waits,
                     " ".join(waits) or f"{len(seen)} units before it")
        if name != "balie-collector":
            late = sorted(seen & {"sysinit.target", "basic.target", "balie-provision.service", "balie-collector.service"})
            report.check(f"{name} waits for nothing but disks, users and devices", not late, " ".join(late))


def collector(box, report):
    """Ready, words, killed, hung."""
    took = box.until(lambda: box.show("balie-collector", "ActiveState") == "active", 20)
    report.check("balie-collector is ready", took is not None, f"{took or 0:.1f} s after the installation")
    words = box.show("balie-collector", "StatusText")
    report.check("it says in words what it does", bool(words), words)
    report.check("its database is there", os.path.exists(box.path(DATA + "/balie.db")))
    took = box.restarted("balie-collector", "KILL", 15)
    report.check("killed, it is ready again", took is not None and took < 5, f"{took} s")
    # The hang itself with a shorter patience: the real one would only make this test longer.
    patience = box.show("balie-collector", "WatchdogUSec")
    report.check("its watchdog waits a minute", patience == "1min", patience)
    box.write("/run/systemd/system/balie-collector.service.d/test.conf", "[Service]\nWatchdogSec=4\n")
    box.run("systemctl", "daemon-reload")
    box.run("systemctl", "restart", "balie-collector")
    took = box.restarted("balie-collector", "STOP", 30)
    report.check("hung, it is ready again within its patience of 4 s and 3 s", took is not None and took < 7.5, f"{took} s")
    result = box.run("journalctl", "-u", "balie-collector", "-o", "cat", "--no-pager")
    report.check("the hang stands in the log", "Watchdog timeout" in result)
    os.remove(box.path("/run/systemd/system/balie-collector.service.d/test.conf"))
    box.run("systemctl", "daemon-reload")


def kiosk(box, report):
    """There is no screen here: it must go on trying."""
    # It waits ten seconds for one each time.
    before = int(box.show("balie-kiosk", "NRestarts"))
    took = box.until(lambda: int(box.show("balie-kiosk", "NRestarts")) >= before + 2, 40)
    state = box.show("balie-kiosk", "ActiveState")
    report.check("without a screen the kiosk never gives up", took is not None and state != "failed",
                 f"2 more starts in {took or 0:.0f} s, {state}")
    log = box.run("journalctl", "-u", "balie-kiosk", "-o", "cat", "--no-pager")
    words = [line for line in log.splitlines() if line.startswith("balie-kiosk:")]
    report.check("it says why in one line", bool(words), words[-1] if words else log[-300:])


def lamp(box, report):
    """Another program takes the screen's turn, and is killed in it."""
    says = lambda words: lambda: words in box.show("balie-lamp", "StatusText")
    report.check("without a screen the lamp's keeper has it", box.until(says("Balie toont niets"), 5) is not None,
                 box.show("balie-lamp", "StatusText"))
    box.run("systemd-run", "--unit=test-turn", "--property=User=balie", "flock", "/run/balie/lamp.lock", "sleep", "60")
    took = box.until(says("Het scherm heeft de lamp"), 2)
    report.check("it lets go when the screen wants it", took is not None, f"{took or 0:.2f} s")
    box.run("systemctl", "kill", "--signal=KILL", "test-turn")
    took = box.until(says("Balie toont niets"), 2)
    report.check("it has it again when the screen is killed", took is not None, f"{took or 0:.2f} s")
    took = box.restarted("balie-lamp", "KILL", 10)
    report.check("killed itself, it stands by again", took is not None, f"{took} s")


def sandbox(box, report):
    """The same unit with a probe in the place of its program."""
    for name in SERVICES:
        text = box.read(f"/usr/lib/systemd/system/{name}.service")
        drop = ("ExecStart", "ExecStopPost", "Type", "Restart", "WatchdogSec", "NotifyAccess", "Condition", "Conflicts", "After")
        lines = [line for line in text.split("[Install]")[0].splitlines() if not line.startswith(drop)]
        box.write("/run/systemd/system/balie-probe.service", "\n".join(lines).replace(
            "[Service]", "[Service]\nType=oneshot\nExecStart=/bin/bash /usr/share/balie/probe"))
        box.write("/usr/share/balie/probe", PROBE)
        box.run("systemctl", "daemon-reload")
        box.run("systemctl", "start", "balie-probe")
        said = box.run("journalctl", "-o", "cat", "--no-pager", "-u", "balie-probe", "--since", "-20s")
        said = said[said.rfind("Starting "):]
        may = re.findall(r"^may: (.*)$", said, re.M)
        report.check(f"{name} writes into the data folder and nowhere else", may == MAY.get(name, ["touch /var/lib/balie/probe"]), "; ".join(may))
        report.check(f"{name} is the user balie without any capability",
                     "user: balie" in said and re.search(r"CapEff:\s+0+$", said, re.M) and re.search(r"CapBnd:\s+0+$", said, re.M)
                     and re.search(r"NoNewPrivs:\s+1", said) and re.search(r"Seccomp:\s+2", said), "" if "user: balie" in said else said[-300:])
        inet = (re.findall(r"^inet: (.*)$", said, re.M) or ["nothing"])[-1]
        if name == "balie-collector":
            report.check(f"{name} has the network", inet == "Connection refused", inet)
        else:
            report.check(f"{name} has no network", inet == "Address family not supported", inet)
    os.remove(box.path("/usr/share/balie/probe"))
    os.remove(box.path("/run/systemd/system/balie-probe.service"))


def backup(box, report):
    """The timer's work: nothing beside a collector, a backup without one."""
    made = lambda: re.findall(r"\S+/backup/balie-\S+\.db", box.run("journalctl", "-u", "balie-backup", "-o", "cat", "--no-pager"))
    rc = box.call("systemctl", "start", "balie-backup.service")[0]
    report.check("beside a collector the timer leaves the backup to it", rc == 0 and not made(), " ".join(made()))
    box.run("systemctl", "stop", "balie-collector")
    box.run("sh", "-c", f"rm -f {DATA}/backup/*")
    rc = box.call("systemctl", "start", "balie-backup.service")[0]
    report.check("without one the timer makes it", rc == 0 and len(made()) == 1 and os.path.exists(box.path(made()[0])), " ".join(made()))
    box.run("systemctl", "start", "balie-collector")
    report.check("the timer waits for the next morning", box.show("balie-backup.timer", "ActiveState") == "active",
                 box.show("balie-backup.timer", "NextElapseUSecRealtime"))


def package(box, report, name):
    """The same package again, and without it."""
    box.append("/etc/balie/balie.toml", "\n# the technician was here\n")
    rc, said = box.install(name)
    report.check("the same package again", rc == 0, said[-200:] if rc else "")
    report.check("keeps what the technician wrote", "technician was here" in box.read("/etc/balie/balie.toml"))
    took = box.until(lambda: box.show("balie-collector", "ActiveState") == "active", 20)
    report.check("the collector runs again", took is not None, f"{took or 0:.1f} s")


def reboot(box, report):
    """From power to ready."""
    box.stop()
    box.start()
    took = box.until(lambda: box.show("balie-collector", "ActiveState") == "active", 20)
    ready = int(box.show("balie-collector", "ActiveEnterTimestampMonotonic"))
    began = int(box.run("systemctl", "show", "-P", "UserspaceTimestampMonotonic").strip() or 0)
    report.check("after a reboot the collector is ready", took is not None, f"{(ready - began) / 1e6:.2f} s after systemd's start")
    failed = box.run("systemctl", "--failed", "--no-legend", "--plain").strip()
    report.check("no unit has failed", not failed, failed)


def purge(box, report):
    """Taken away, with all but the shop's data."""
    rc, said = box.call("dpkg", "--purge", "balie")
    report.check("the package can be taken away", rc == 0, said[-200:] if rc else "")
    left = [path for path in ("/usr/bin/balie", "/etc/balie", "/usr/lib/systemd/system/balie-collector.service")
            if os.path.lexists(box.path(path))]
    report.check("and leaves the shop's data and nothing else", os.path.exists(box.path(DATA + "/balie.db")) and not left, " ".join(left))
    units_left = box.run("systemctl", "list-units", "--all", "--no-legend", "--plain", "balie*").strip()
    report.check("no unit of it is left", not units_left, units_left)


def main():
    if os.geteuid():
        sys.exit("run.py: must be run as root (it boots a container)")
    name = os.path.abspath(sys.argv[1])
    report = Report()
    size(report, name)
    with Box(base_root()) as box:
        box.start()
        began = time.time()
        rc, said = box.install(name)
        report.check("the package installs", rc == 0, f"{time.time() - began:.1f} s" if rc == 0 else said[-800:])
        if rc == 0:
            for part in (units, order, collector, kiosk, lamp, sandbox, backup):
                part(box, report)
            package(box, report, name)
            reboot(box, report)
            purge(box, report)
    sys.exit(report.close())


if __name__ == "__main__":
    main()
