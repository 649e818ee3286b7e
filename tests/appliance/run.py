#!/usr/bin/python3
"""The appliance as it will stand on the desk: the package on Debian 13 in an emulated machine with a
touchscreen, a lamp and a button.

usage: run.py FOLDER [CUTS]   (root; `make test-appliance` builds the package and makes the disks first)

A boot without Balie, to compare with. One with a shop of sixty cars: the list on the screen, a finger that finishes
tasks, the lamp's rhythm, the button, programs killed and hung, other settings, a full disk, a damaged database. Then a
boot in 1970. There never is a network. Then CUTS (200) power cuts made of what was written while the finger finished tasks. Prints one line for each check with its
figure, and 'N passed, N failed' at the end.
"""
import base64
import datetime
import os
import random
import re
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "units"))
from PIL import Image, ImageChops  # noqa: E402
from box import Report  # noqa: E402
from cuts import Replay, length  # noqa: E402
from machine import Machine  # noqa: E402

CARS = 60
PROGRAMS = ("balie-provision.service", "balie-lamp.service", "balie-kiosk.service", "balie-collector.service", "balie-backup.timer")
# Where a finger goes on the list at 800 by 480.
ROW, DONE = (260, 168), (630, 382)
# The only employee's name at the gate, the digits of her PIN, and the tick.
NAME, PIN = (250, 150), {"2": (632, 219), "5": (632, 281), "8": (632, 343), "0": (632, 405), "done": (736, 405)}
# The head has a clock and the lamp's icon; the list and the task below it stand still.
STILL = (64, 58, 800, 480)
DATABASE = "/var/lib/balie/balie.db"
AS_BALIE = "runuser -u balie -- sh -c 'umask 007; exec \"$@\"' as-balie balie"
HANDLED = f"sqlite3 -readonly {DATABASE} \"SELECT count(*) FROM task WHERE state = 'handled'\""


def shop(cars, first=0):
    """The shop's own export: cars whose inspection is to be told of today."""
    today = datetime.date.today()
    files = {"employees.csv": ["code,name,role,active", "BEA,Bea Balie,manager,yes"],
             "customers.csv": ["code,kind,first_name,name,street,postcode,city,mobile,contact_allowed"],
             "vehicles.csv": ["plate,make,model,inspection_expires_on"],
             "ownerships.csv": ["plate,customer,from_on"],
             "visits.csv": ["code,plate,customer,visited_on,odometer_km"]}
    for n in range(first, first + cars):
        plate = f"T{chr(65 + n // 26)}-{n:03d}-B"
        files["customers.csv"].append(f"K{n},private,Bea,Klant{n},Dorpsstraat {n + 1},1234 AB,Zaandam,0612345678,yes")
        files["vehicles.csv"].append(f"{plate},OPEL,CORSA,{today + datetime.timedelta(7)}")
        files["ownerships.csv"].append(f"{plate},K{n},2020-01-01")
        files["visits.csv"].append(f"B{n},{plate},K{n},{today - datetime.timedelta(10)},{50000 + n}")
    return files


def bring(shell, files):
    """Imports files."""
    shell.run("rm -rf /run/export; install -d -m 755 /run/export")
    for name, lines in files.items():
        text = base64.b64encode(("\n".join(lines) + "\n").encode()).decode()
        shell.run(f"echo {text} | base64 -d > /run/export/{name}")
    return shell.call(f"{AS_BALIE} import /run/export")


def up(shell, unit):
    """Whether a service is ready, as the machine's manager says."""
    return shell.run(f"systemctl is-active {unit}") == "active"


def lamp(shell, seconds, first=""):
    """The lamp for so long, after a command: moments in seconds and whether it is lit."""
    said = shell.run(f"{first}end=$((SECONDS + {seconds})); while [ $SECONDS -lt $end ]; do "
                     "read -r lit < /run/lamp/value; echo $EPOCHREALTIME $lit; sleep 0.04; done")
    return [(float(line.split()[0]), line.split()[1] == "1") for line in said.splitlines() if line.count(" ") == 1]


def halves(seen):
    """How long the lamp was lit or dark each time, without the first and the last."""
    turns = [at for (_, before), (at, after) in zip(seen, seen[1:]) if before != after]
    return [round(later - earlier, 2) for earlier, later in zip(turns, turns[1:])]


def struck(shell, unit, signal, at_most):
    """Sends a signal to a program; seconds of the machine until another one is ready in its place."""
    old = shell.run(f"systemctl show -P MainPID {unit}")
    began = float(shell.run(f"cut -d' ' -f1 /proc/uptime; kill -{signal} {old}").split()[0])
    if shell.until(f"systemctl show -P MainPID {unit}; systemctl is-active {unit}", rf"^(?!({old}|0)\s)\d+\s+active$", at_most) is None:
        return None
    return round(int(shell.run(f"systemctl show -P ActiveEnterTimestampMonotonic {unit}")) / 1e6 - began, 1)


def back(desk, strike, at_most):
    """Strikes, and waits until the screen asks who is there, as after every start; seconds."""
    desk.sign_in()
    began = time.time()
    desk.shell.run(strike)
    return desk.at_the_gate(began + at_most) and round(time.time() - began, 1)


def difference(one, other, box=STILL):
    """The share of the pixels that differ visibly."""
    pictures = [Image.open(path).convert("RGB").crop(box) for path in (one, other)]
    shades = ImageChops.difference(*pictures).convert("L").histogram()
    return sum(shades[25:]) / sum(shades)


class Desk:
    """One run of the machine, and what is looked at in it."""

    def __init__(self, report, work, files, **more):
        self.report, self.work = report, work
        os.makedirs(work, exist_ok=True)
        self.machine = Machine(work, files, **more)
        self.took, self.uptime = self.machine.boot()
        self.shell = self.machine.shell

    def picture(self, name):
        """The screen as it is now."""
        path = f"{self.work}/{name}.png"
        self.machine.qmp.picture(path)
        return path

    def drawn(self, page):
        """The page as Balie itself draws it from the same database, for the one who is signed in."""
        self.shell.run(f"rm -rf /run/pages; install -d -o balie /run/pages; {AS_BALIE}-kiosk --screenshot /run/pages --size 800x480 --employee BEA --page {page}", 300)
        path = f"{self.work}/{page}-drawn.png"
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.shell.run(f"base64 -w0 /run/pages/{page}.png")))
        return path

    def shows(self, page, name, at_most=20):
        """Whether the screen becomes a page; the share of pixels that differs then."""
        wanted, end, share = self.drawn(page), time.time() + at_most, 1.0
        while time.time() < end:
            share = difference(self.picture(name), wanted)
            if share < 0.002:
                break
            time.sleep(1)
        return share

    def at_the_gate(self, end):
        """Whether the screen asks before that moment who is there."""
        while time.time() < end:
            if difference(self.picture("gate-now"), f"{self.work}/gate.png") < 0.002:
                return True
            time.sleep(0.1)
        return False

    def sign_in(self):
        """With fingers on name and PIN, from the gate; the list follows. Signed in already, it does nothing."""
        if not self.at_the_gate(time.time() + 1):
            return
        self.machine.qmp.touch(*NAME)
        time.sleep(2)
        for place in PIN.values():
            self.machine.qmp.touch(*place)
            time.sleep(0.5)
        time.sleep(3)

    def check(self, *arguments):
        """One line of the report."""
        self.report.check(*arguments)


def reached(shell, unit):
    """When a unit was started, in seconds after the kernel's start."""
    return int(shell.run(f"systemctl show -P ActiveEnterTimestampMonotonic {unit}")) / 1e6


def start(desk, bare):
    """From power to the list; `bare` is when a machine without Balie has started everything."""
    shell = desk.shell
    desk.check("it boots", True, f"{desk.took} s here, {desk.uptime} s by its own clock")
    ready = shell.until("systemctl is-active balie-kiosk balie-collector | sort -u", r"^active$", 120)
    desk.check("kiosk and collector are ready", ready is not None, shell.run("systemctl status balie-kiosk | head -20") if ready is None else "")
    frame, tries = reached(shell, "balie-kiosk"), shell.run("systemctl show -P NRestarts balie-kiosk")
    began = int(shell.run("systemctl show -P UserspaceTimestampMonotonic")) / 1e6
    desk.check("the kiosk comes first", frame < bare, f"its first frame {frame:.1f} s after the kernel's start, systemd's own {began:.1f} s; "
               f"multi-user.target without Balie {bare:.1f} s, with it {reached(shell, 'multi-user.target'):.1f} s; {tries} starts in vain")
    cards = shell.run("ls /sys/class/net").split()
    desk.check("there is no network", cards == ["lo"], " ".join(cards))
    chain = shell.run("systemd-analyze critical-chain balie-kiosk.service --no-pager")
    desk.check("waits for no network and no clock", not re.search("network|time-s", chain), " < ".join(re.findall(r"\S+\.(?:service|target|mount|socket)", chain)[:4]))
    failed = shell.run("systemctl --failed --no-legend --plain")
    desk.check("no unit has failed", not failed, failed)
    desk.check("lamp and button are on the lines that have their names", "balie-led" in shell.run("cat /sys/kernel/debug/gpio 2>/dev/null || (mount -t debugfs none /sys/kernel/debug && cat /sys/kernel/debug/gpio)"))


def first_tasks(desk):
    """An empty shop, then sixty cars."""
    shell = desk.shell
    shell.run(f"{AS_BALIE} settings set rules.inspection.days 7; {AS_BALIE} settings set general.weekly_capacity 0")
    dark = shell.until("cat /run/lamp/value; sleep 1; cat /run/lamp/value", r"^0\s+0$", 60)
    desk.check("with nothing due the lamp is dark", dark is not None)
    code, said = bring(shell, shop(CARS))
    desk.check("sixty cars come in", code == 0, said[-200:] if code else "")
    took = shell.until(f"sqlite3 -readonly {DATABASE} \"SELECT count(*) FROM task WHERE state = 'open'\"", rf"^{CARS}$", 60)
    desk.check("the collector makes their tasks by itself", took is not None, f"{took} s")
    time.sleep(3)
    seen = halves(lamp(shell, 9))
    desk.check("the lamp blinks slowly: a second lit, a second dark", len(seen) >= 3 and all(0.7 < half < 1.3 for half in seen), str(seen))
    shell.run(f"echo {''.join(digit for digit in PIN if digit != 'done')} | {AS_BALIE} employee pin BEA")
    time.sleep(4)
    desk.picture("gate")
    desk.sign_in()
    share = desk.shows("tasks", "list")
    desk.check("a PIN is typed, and the picture on the screen is the page", share < 0.002, f"{share:.3%} of it differs")


def finger(desk, log):
    """Tasks finished by touch; how many were finished when the log had so many entries."""
    shell, known = desk.shell, []
    before = desk.picture("before-touch")
    desk.machine.qmp.touch(ROW[0], ROW[1] + 80)
    time.sleep(2)
    share = difference(before, desk.picture("second-row"))
    desk.check("a touch on the second row shows its task", share > 0.002, f"{share:.1%} of the picture changed")
    times = []
    for done in range(1, 31):
        for _ in range(5):
            began = time.time()
            desk.machine.qmp.touch(*DONE)
            took = shell.until(HANDLED, rf"^{done}$", 4, 0.05)
            if took is not None:
                break
        else:
            break
        known.append((length(log), done))
        times.append(time.time() - began)
        # A second touch in haste is taken for a slip.
        time.sleep(1.2)
    handled = len(known)
    desk.check("a touch on 'Afgehandeld' finishes a task, thirty times", handled == 30,
               f"{handled}; median {sorted(times)[len(times) // 2]:.2f} s" if times else "none")
    plate = shell.run(f"sqlite3 -readonly {DATABASE} \"SELECT plate FROM task WHERE state = 'handled' ORDER BY closed_at LIMIT 1\"")
    desk.check("the first one was the one that was shown", plate == "TA001B", plate)
    return known


def button(desk):
    """Pressed for a moment it opens the most urgent task."""
    # The offer to take the last one back goes.
    time.sleep(12)
    before = desk.picture("before-button")
    desk.shell.run("echo pull-down > /run/button/pull; sleep 0.1; echo pull-up > /run/button/pull")
    time.sleep(3)
    share = difference(before, desk.picture("button"))
    desk.check("the button opens the most urgent task", share > 0.002, f"{share:.1%} of the picture changed")


def strikes(desk):
    """Killed and hung."""
    shell = desk.shell
    pid = "$(systemctl show -P MainPID balie-kiosk)"
    took = back(desk, f"kill -9 {pid}", 60)
    desk.check("the kiosk is killed: it is on the screen again within 3 s", took is not None and took <= 3, f"{took} s")
    time.sleep(3)
    seen = lamp(shell, 2, f"kill -9 {pid}; ")
    dark = [at - seen[0][0] for at, on in seen if not on]
    desk.check("killed, the lamp is lit until it runs again", not dark or dark[-1] < 0.5,
               f"dark until {dark[-1]:.2f} s" if dark else "never dark")
    shell.until("systemctl is-active balie-kiosk", "^active$", 30)
    shell.run("systemctl stop balie-kiosk")
    seen = lamp(shell, 3)
    desk.check("stopped, the lamp is lit", len(seen) > 10 and all(on for _, on in seen))
    shell.run("systemctl start balie-kiosk")
    desk.check("and started again, it is there", desk.at_the_gate(time.time() + 30))
    took = back(desk, f"kill -STOP {pid}", 60)
    desk.check("the kiosk hangs: it is on the screen again within its patience of 10 s and 3 s",
               took is not None and took <= 13, f"{took} s")
    took = struck(shell, "balie-collector", "KILL", 60)
    desk.check("the collector is killed: it works again", took is not None and took < 10, f"{took} s")


def other_settings(desk):
    """A technician writes into the configuration while it runs."""
    shell = desk.shell
    desk.at_the_gate(time.time() + 10)
    shell.run("sed -i 's/^#theme = .*/theme = \"dark\"/' /etc/balie/balie.toml")
    began, took = time.time(), None
    while took is None and time.time() < began + 30:
        # Neither the light page nor the black screen between the two.
        if 10 < Image.open(desk.picture("dark")).convert("L").crop(STILL).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)) < 100:
            took = round(time.time() - began, 1)
    desk.check("another theme in the configuration: the screen has it by itself", took is not None, f"{took} s")
    shell.run("sed -i 's/^theme = .*/#theme = \"light\"/' /etc/balie/balie.toml")
    desk.check("and back", desk.at_the_gate(time.time() + 30))


def full_disk(desk):
    """Not a byte is left."""
    shell = desk.shell
    desk.sign_in()
    shell.run("dd if=/dev/zero of=/var/lib/balie/fill bs=1M; sync", 300)
    lit = shell.until("cat /run/lamp/value; sleep 1.2; cat /run/lamp/value; sleep 1.2; cat /run/lamp/value", r"^1\s+1\s+1$", 90)
    desk.check("a full disk: the lamp is steady", lit is not None, f"after {lit} s")
    runs = shell.run("systemctl show -P NRestarts balie-kiosk balie-collector").split()
    desk.machine.qmp.touch(*DONE)
    time.sleep(5)
    alive = up(shell, "balie-kiosk") and shell.run("systemctl show -P NRestarts balie-kiosk balie-collector").split() == runs
    desk.check("a full disk: nothing crashes", alive)
    desk.picture("full-disk")
    done = int(shell.run(HANDLED))
    shell.run("rm /var/lib/balie/fill; sync")
    shell.until("cat /run/lamp/value; sleep 0.3; cat /run/lamp/value; sleep 0.3; cat /run/lamp/value; sleep 0.5; cat /run/lamp/value", r"0", 60)
    desk.machine.qmp.touch(*ROW)
    time.sleep(1)
    desk.machine.qmp.touch(*DONE)
    took = shell.until(HANDLED, rf"^{done + 1}$", 20)
    desk.check("with room again a touch finishes a task, without a restart", took is not None, shell.run(HANDLED))


def damage(desk):
    """Random bytes over the database."""
    shell = desk.shell
    kept = shell.run(f"{AS_BALIE} backup /var/lib/balie/backup/test.db 2>&1")
    # What is still in the log beside it would hide the damage, and a copy of the night would mend it: on a slow machine
    # the collector has made one by now.
    shell.run(f"systemctl stop balie-kiosk balie-collector; rm -f /var/lib/balie/backup/balie-*.db; sqlite3 {DATABASE} 'PRAGMA wal_checkpoint(TRUNCATE)'")
    pages = int(shell.run(f"stat -c %s {DATABASE}")) // 4096
    shell.run(f"for i in $(seq 500); do dd if=/dev/urandom of={DATABASE} bs=4096 count=1 conv=notrunc "
              f"seek=$((1 + RANDOM % {pages - 1})) status=none; done; sync; echo 3 > /proc/sys/vm/drop_caches; "
              "systemctl start balie-kiosk balie-collector --no-block", 300)
    time.sleep(25)
    lit = shell.until("cat /run/lamp/value; sleep 1.2; cat /run/lamp/value; sleep 1.2; cat /run/lamp/value", r"^1\s+1\s+1$", 60)
    desk.check("a damaged database: the lamp is steady", lit is not None)
    desk.picture("damaged")
    runs = shell.run("systemctl show -P NRestarts balie-kiosk")
    time.sleep(15)
    state = shell.run("systemctl show -P NRestarts balie-kiosk; systemctl is-active balie-kiosk").split()
    desk.check("the screen says so and stays", state == [runs, "active"], " ".join(state))
    code, said = shell.call(f"systemctl stop balie-collector; {AS_BALIE} restore /var/lib/balie/backup/test.db; result=$?; "
                            "systemctl start balie-collector; systemctl restart balie-kiosk; exit $result")
    desk.check("the backup is put back", code == 0 and "checked" in kept, said[-200:])
    shell.until("systemctl is-active balie-kiosk", "^active$", 60)
    desk.at_the_gate(time.time() + 30)
    desk.sign_in()
    share = desk.shows("tasks", "restored")
    desk.check("and the list is there again", share < 0.002, f"{share:.3%} of it differs")


def long_ago(desk):
    """No battery under the clock: it is 1970."""
    shell = desk.shell
    ready = shell.until("systemctl is-active balie-kiosk", "^active$", 120)
    desk.check("with a wrong clock it boots", ready is not None, shell.run("date +%F"))
    lit = shell.until("cat /run/lamp/value; sleep 1.2; cat /run/lamp/value; sleep 1.2; cat /run/lamp/value", r"^1\s+1\s+1$", 60)
    desk.check("the lamp asks for help", lit is not None)
    count = f"sqlite3 -readonly {DATABASE} \"SELECT state, count(*) FROM task GROUP BY state\""
    before = shell.run(count)
    desk.check("the list is there", "open|" in before, before.replace("\n", " "))
    desk.picture("long-ago")
    code, said = bring(shell, shop(1, CARS))
    time.sleep(15)
    desk.check("no task is made and none goes", shell.run(count) == before, shell.run("systemctl show -P StatusText balie-collector"))
    shell.run(f"date -s @{int(time.time())}")
    code, said = bring(shell, shop(1, CARS)) if code else (code, said)
    took = shell.until(f"sqlite3 -readonly {DATABASE} \"SELECT count(*) FROM task WHERE plate = 'T{chr(65 + CARS // 26)}{CARS:03d}B'\"", "^[1-9]", 90)
    desk.check("the clock is set right: the new car's task is made", took is not None and took < 60, f"{took} s; {said[-120:] if code else ''}")


def power_cuts(report, work, before, log, known, until, many):
    """The plug pulled at random moments of the finger's work."""
    replay, chance = Replay(before, log, work), random.Random(1)
    points = sorted(chance.randrange(1, until) for _ in range(many))
    damaged, lost, mended, began = [], [], 0, time.time()
    for point in points:
        kept, gone = replay.cut(point)
        mended += gone > 0
        closed, wrong = replay.judge()
        if wrong:
            damaged.append(f"at {point}: {wrong}")
        acknowledged = max((done for at, done in known if at <= point), default=0)
        if acknowledged and (closed is None or closed < acknowledged):
            lost.append(f"at {point}: {closed} of {acknowledged}")
    figure = f"{many} cuts in {time.time() - began:.0f} s, {mended} of them with writes that were lost"
    report.check("power cuts: file system and database come back", not damaged, "; ".join(damaged[:3]) or figure)
    report.check("power cuts: every task that was finished is", not lost, "; ".join(lost[:3]) or f"0 lost, {len(known)} finished")


def main():
    files, many = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200
    work = f"{files}/work"
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    report, data, log = Report(), f"{work}/data.ext4", f"{work}/log"
    bare = f"{work}/bare.ext4"
    for disk in (data, bare):
        os.system(f"cp --sparse=always '{files}/data.ext4' '{disk}'")
    desk = Desk(report, f"{work}/bare", files, data=bare, without=PROGRAMS)
    bare = reached(desk.shell, "multi-user.target")
    desk.machine.pull_the_plug()
    desk = Desk(report, work, files, data=data, log=log)
    try:
        start(desk, bare)
        first_tasks(desk)
        known = finger(desk, log)
        until = length(log)
        button(desk)
        strikes(desk)
        other_settings(desk)
        full_disk(desk)
        damage(desk)
    finally:
        desk.machine.pull_the_plug()
    desk = Desk(report, f"{work}/1970", files, data=data, clock="1970-01-02T00:00:00")
    try:
        long_ago(desk)
    finally:
        desk.machine.pull_the_plug()
    power_cuts(report, work, f"{files}/data.ext4", log, known, until, many)
    sys.exit(report.close())


if __name__ == "__main__":
    main()
