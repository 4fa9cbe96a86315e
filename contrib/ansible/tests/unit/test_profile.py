# SPDX-License-Identifier: GPL-2.0-or-later
"""The module profile, with a program in the tool's place that prints what the
test gives it and writes down how it was called.

Run in ansible_collections/vfio_tph/steering of a collections path.
"""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

COLLECTION = pathlib.Path(__file__).resolve().parents[2]
MODULE = COLLECTION / "plugins" / "modules" / "profile.py"


def error(code, device="0000:01:00.0"):
    return {"device": device, "code": code, "exit": 1,
            "message": "the message of %s" % code, "hint": None}


class Profile(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.place = pathlib.Path(self.directory.name)

    def run_module(self, answer, **arguments):
        """Returns the module's status and result."""
        tool = self.place / "tool"
        (self.place / "answer").write_text(json.dumps(dict(
            {"version": 1, "command": "apply", "devices": [], "errors": []},
            **answer)))
        tool.write_text("#!/bin/sh\nprintf '%%s\\n' \"$@\" > %s/called\n"
                        "cat %s/answer\n" % (self.place, self.place))
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
        given = dict({"path": "/some/profile.json", "executable": str(tool)},
                     **arguments)
        environment = dict(os.environ,
                           PYTHONPATH=str(COLLECTION.parents[2]))
        done = subprocess.run(
            [sys.executable, str(MODULE)], env=environment, text=True,
            input=json.dumps({"ANSIBLE_MODULE_ARGS": given}),
            capture_output=True)
        self.assertTrue(done.stdout, done.stderr)
        return done.returncode, json.loads(done.stdout)

    def called(self):
        return (self.place / "called").read_text().splitlines()

    def test_a_path_that_looks_like_an_option_is_none(self):
        self.run_module({}, path="/--json")
        self.assertEqual(self.called()[-2:], ["--", "/--json"])

    def test_a_device_that_nobody_has_open_is_pending(self):
        status, result = self.run_module({"errors": [error("no-owner")]})
        self.assertEqual(status, 0)
        self.assertEqual(result["pending"], ["0000:01:00.0"])
        self.assertEqual(result["errors"], [])

    def test_it_is_an_error_if_so_wished(self):
        status, result = self.run_module({"errors": [error("no-owner")]},
                                         unheld="fail")
        self.assertEqual(status, 1)
        self.assertEqual(result["pending"], [])
        self.assertIn("the message of no-owner", result["msg"])

    def test_another_error_of_a_pending_device_is_kept(self):
        status, result = self.run_module(
            {"errors": [error("no-owner"), error("output")]})
        self.assertEqual(status, 1)
        self.assertEqual([e["code"] for e in result["errors"]], ["output"])
        self.assertEqual(result["pending"], ["0000:01:00.0"])

    def test_a_node_that_is_open_is_an_error(self):
        status, result = self.run_module({"errors": [error("node-open")]})
        self.assertEqual(status, 1)
        self.assertEqual(result["pending"], [])

    def test_what_would_not_last_is_an_error(self):
        status, result = self.run_module({"errors": [error("would-not-last")]})
        self.assertEqual(status, 1)

    def test_what_changed_is_told(self):
        status, result = self.run_module({"devices": [
            {"bdf": "0000:01:00.0", "changed": True, "differences": []}]})
        self.assertEqual(status, 0)
        self.assertTrue(result["changed"])
        self.assertEqual(result["devices"],
                         [{"bdf": "0000:01:00.0", "changed": True}])


if __name__ == "__main__":
    unittest.main()
