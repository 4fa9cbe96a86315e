# SPDX-License-Identifier: GPL-2.0-or-later
"""Write many small files quickly."""

import os


class Writer:
    """Writes below one directory. Equal read-only files are hard links to
    one: a machine of 16,384 functions has a quarter of a million of them."""

    LINKS = 60000       # ext4 allows 65,000

    def __init__(self, top):
        self.top = top
        self.made = set()
        self.store = {}
        os.makedirs(top, exist_ok=True)

    def mkdir(self, path):
        if path in self.made or not path:
            return
        self.mkdir(path.rpartition("/")[0])
        try:
            os.mkdir(self.top + path)
        except FileExistsError:
            pass
        self.made.add(path)

    def file(self, path, data, mode=0o644):
        """A file of its own, that may change during the run."""
        self.mkdir(path.rpartition("/")[0])
        if isinstance(data, str):
            data = data.encode()
        fd = os.open(self.top + path,
                     os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        if data:
            os.write(fd, data)
        os.close(fd)
        if mode != 0o644:
            os.chmod(self.top + path, mode)

    def constant(self, path, data):
        """A file that never changes; shares its storage with its equals."""
        source, links = self.store.get(data, (None, 0))
        if source is None or links >= self.LINKS:
            self.file(path, data)
            self.store[data] = (path, 1)
            return
        self.mkdir(path.rpartition("/")[0])
        os.link(self.top + source, self.top + path)
        self.store[data] = (source, links + 1)

    def link(self, path, target):
        """A symbolic link; both ends are paths of the machine, and it is
        written as a relative one, as sysfs does."""
        self.mkdir(path.rpartition("/")[0])
        up = "../" * (path.count("/") - 1)
        os.symlink(up + target.lstrip("/"), self.top + path)
