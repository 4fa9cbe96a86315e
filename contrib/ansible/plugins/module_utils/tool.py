# SPDX-License-Identifier: GPL-2.0-or-later
"""Call vfio-tph and take its JSON: what the modules of this collection share."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

# The tool is installed where only root's PATH looks.
SBIN = ["/usr/local/sbin", "/usr/sbin", "/sbin"]

ARGUMENT = dict(type="str", default="vfio-tph")


class Tool(object):
    """The tool on this host; it ends the module if there is none."""

    def __init__(self, module):
        self.module = module
        self.path = module.get_bin_path(module.params["executable"],
                                        required=True, opt_dirs=SBIN)

    def call(self, arguments):
        """Run a command with --json. Returns its one object, in which
        "devices" and "errors" are always there. Ends the module when what
        came out is no such object, whatever the exit status was."""
        command = [self.path, "--json", "--quiet"] + arguments
        status, out, err = self.module.run_command(command)
        try:
            answer = json.loads(out)
            if answer["version"] != 1:
                raise ValueError("version %r" % answer["version"])
            return dict(answer, devices=answer["devices"] or [],
                        errors=answer["errors"] or [])
        except (KeyError, TypeError, ValueError) as error:
            self.module.fail_json(
                msg="no answer that can be understood from %s (%s)"
                % (self.path, error),
                rc=status, stdout=out, stderr=err, cmd=command)


def tell(error):
    """An error of the tool in one line, as it stands on its stderr."""
    words = [error["device"], error["message"]]
    line = ": ".join(word for word in words if word)
    return line + " (hint: %s)" % error["hint"] if error["hint"] else line
