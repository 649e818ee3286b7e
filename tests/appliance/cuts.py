"""Power cuts, made of the log of one run: what the data disk would hold if the plug had been pulled after
any of its writes. What was flushed before is there; of the later writes each is there or lost at random, as
with a card that has a cache of its own.
"""
import os
import random
import re
import shutil
import sqlite3
import struct
import subprocess

FLUSH, FUA, DISCARD = 1, 2, 4
MAGIC = 0x6A736677736872


def length(log):
    """How many entries the log has by now."""
    with open(log, "rb") as file:
        head = file.read(24)
    if len(head) < 24:
        return 0
    magic, _, entries = struct.unpack("<QQQ", head)
    return entries if magic == MAGIC else 0


def entries(log):
    """Every entry: where on the disk, how long, what kind, where in the log."""
    with open(log, "rb") as file:
        magic, _, count, sector = struct.unpack("<QQQI", file.read(28))
        if magic != MAGIC:
            raise ValueError(f"{log} is no log of writes")
        at, found = sector, []
        for _ in range(count):
            file.seek(at)
            start, many, kind, _ = struct.unpack("<QQQQ", file.read(32))
            at += sector
            found.append((start * sector, many * sector, kind, at))
            if not kind & DISCARD:
                at += many * sector
    return found


class Replay:
    """The disk of a moment, from the disk before the run and the log of it."""

    def __init__(self, before, log, work):
        self.log, self.entries = log, entries(log)
        self.flushed, self.disk = f"{work}/flushed.ext4", f"{work}/cut.ext4"
        self.work, self.applied = work, 0
        subprocess.run(["cp", "--sparse=always", before, self.flushed], check=True)

    def cut(self, at):
        """Makes the disk after so many entries; never for an earlier moment than the last one. Returns how
        many writes were kept and lost of those that no flush had made sure."""
        last = max((n for n in range(self.applied, at) if self.entries[n][2] & FLUSH), default=self.applied - 1)
        with open(self.log, "rb") as log, open(self.flushed, "r+b") as disk:
            for entry in self.entries[self.applied:last + 1]:
                self._write(log, disk, entry)
        self.applied = last + 1
        subprocess.run(["cp", "--sparse=always", self.flushed, self.disk], check=True)
        chance, kept, lost = random.Random(at), 0, 0
        with open(self.log, "rb") as log, open(self.disk, "r+b") as disk:
            for entry in self.entries[self.applied:at]:
                if entry[2] & DISCARD or not entry[1]:
                    continue
                if entry[2] & FUA or chance.random() < 0.5:
                    self._write(log, disk, entry)
                    kept += 1
                else:
                    lost += 1
        return kept, lost

    @staticmethod
    def _write(log, disk, entry):
        start, many, kind, at = entry
        if many and not kind & DISCARD:
            log.seek(at)
            disk.seek(start)
            disk.write(log.read(many))

    def judge(self):
        """Mends the file system as the next start would, and reads the database: how many tasks are closed
        in it (None: there is none yet), and what is wrong ('' for nothing)."""
        mended = subprocess.run(["e2fsck", "-fy", self.disk], capture_output=True, text=True)
        # 0 is clean, 1 is mended; more is not.
        if mended.returncode > 1:
            return None, f"e2fsck ended with {mended.returncode}: {mended.stdout[-300:]}"
        # The journal brings everything back; only sums of free space may be behind it.
        odd = [line for line in mended.stdout.splitlines()
               if line and not re.match(r"(e2fsck|Pass|balie-data:|Free (blocks|inodes) count wrong|.*(recovering journal|FILE SYSTEM WAS MODIFIED)|Fix\?)", line)]
        folder = f"{self.work}/database"
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        for name in ("balie.db", "balie.db-wal"):
            subprocess.run(["debugfs", "-R", f"dump /{name} {folder}/{name}", self.disk], capture_output=True)
        database = f"{folder}/balie.db"
        if not os.path.exists(database) or not os.path.getsize(database):
            return None, "; ".join(odd)
        connection = sqlite3.connect(database)
        try:
            whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if whole != "ok":
                return None, whole
            if not connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'task'").fetchone()[0]:
                return None, "; ".join(odd)
            closed = connection.execute("SELECT count(*) FROM task WHERE state = 'handled'").fetchone()[0]
            return closed, "; ".join(odd)
        except sqlite3.DatabaseError as cause:
            return None, str(cause)
        finally:
            connection.close()
