"""Run as a program by root: become.py UID GID COMMAND… runs the command as that user."""

import os
import shutil
import sys

if __name__ == "__main__":
    uid, gid, *command = sys.argv[1:]
    program = shutil.which(command[0])  # now: the user may be unable to read Python's own modules
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
    os.execv(program, command)  # noqa: S606
