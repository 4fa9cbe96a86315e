#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bring a host's devices to a profile: vfio-tph apply."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: profile
short_description: Bring devices under VFIO to a profile of TPH steering tags
description:
  - Runs C(vfio-tph apply --owner) on the host. Only what differs is written,
    so a second run changes nothing.
  - A setting lasts as long as a process holds the device. A device that
    nobody holds cannot be brought anywhere that lasts; see I(unheld).
options:
  profile:
    description:
      - The profile itself, as vfio-tph-profile(5) tells.
    type: dict
  path:
    description:
      - A file on the host that holds the profile.
    type: path
  unheld:
    description:
      - What a device means that no process holds. V(pending) lists it in
        C(pending) and goes on, since the service vfio-tph-watch takes care
        of it when somebody does; V(fail) makes it an error.
    type: str
    choices: [pending, fail]
    default: pending
  executable:
    description:
      - Name or path of the tool on the host.
    type: str
    default: vfio-tph
author:
  - The vfio-tph maintainers
attributes:
  check_mode:
    support: full
    description: Says whether something would change; changes nothing.
  diff_mode:
    support: full
    description: Shows mode and tags before and after.
"""

EXAMPLES = r"""
- name: The card's table follows its interrupts
  vfio_tph.steering.profile:
    profile:
      version: 1
      devices:
        - device: "15b3:101d"
          match: all
          follow-irq: true

- name: Bring the devices to what is kept on the host
  vfio_tph.steering.profile:
    path: /etc/vfio-tph.d/nic.json
"""

RETURN = r"""
devices:
  description: The devices that are as wanted, or were brought there.
  returned: always
  type: list
  elements: dict
  contains:
    bdf:
      description: Address.
      type: str
    changed:
      description: Whether something was, or would be, written.
      type: bool
pending:
  description: Devices that nobody holds.
  returned: always
  type: list
  elements: str
errors:
  description: What failed, one object an error, as vfio-tph prints them.
  returned: always
  type: list
  elements: dict
"""

import json
import os
import tempfile

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.vfio_tph.steering.plugins.module_utils.tool import (
    ARGUMENT, Tool, tell)


def difference_line(difference):
    """Words for one side and the other of a member of "differences"."""
    if difference["what"] == "entry":
        name = "entry %d" % difference["index"]
        unknown = "tag of CPU %s" % difference["cpu"]
    else:
        name = difference["what"]
        unknown = "unknown"

    def side(value, otherwise):
        if value is None:
            return otherwise
        return value if name == "mode" else "0x%x" % value

    return tuple("%s: %s\n" % (name, word) for word in (
        side(difference["is"], "not known"),
        side(difference["wanted"], unknown)))


def show_difference(devices):
    """What --diff prints: a before and an after for each device."""
    shown = []
    for device in devices:
        if not device["differences"]:
            continue
        lines = [difference_line(d) for d in device["differences"]]
        shown.append(dict(before_header=device["bdf"],
                          after_header=device["bdf"],
                          before="".join(before for before, after in lines),
                          after="".join(after for before, after in lines)))
    return shown


def keep(module):
    """The path of the profile; one that came inline goes into a file that
    only this user can write, as the tool demands of root."""
    if module.params["path"]:
        return module.params["path"]
    number, path = tempfile.mkstemp(suffix=".json", dir=module.tmpdir)
    module.add_cleanup_file(path)
    with os.fdopen(number, "w") as stream:
        json.dump(module.params["profile"], stream)
    return path


def main():
    module = AnsibleModule(
        argument_spec=dict(
            profile=dict(type="dict"),
            path=dict(type="path"),
            unheld=dict(type="str", choices=["pending", "fail"],
                        default="pending"),
            executable=ARGUMENT),
        mutually_exclusive=[["profile", "path"]],
        required_one_of=[["profile", "path"]],
        supports_check_mode=True)
    tool = Tool(module)
    apply = ["apply", "--owner", keep(module)]

    result = {}
    if module.check_mode or module._diff:
        answer = tool.call(["--dry-run"] + apply)
        result["diff"] = show_difference(answer["devices"])
    if not module.check_mode:
        answer = tool.call(apply)

    pending = [error["device"] for error in answer["errors"]
               if error["code"] == "no-owner"
               and module.params["unheld"] == "pending"]
    errors = [error for error in answer["errors"]
              if error["device"] not in pending]
    result.update(
        changed=any(device["changed"] for device in answer["devices"]),
        devices=[dict(bdf=device["bdf"], changed=device["changed"])
                 for device in answer["devices"]],
        pending=pending, errors=errors)
    if errors:
        module.fail_json(msg="; ".join(tell(error) for error in errors),
                         **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
