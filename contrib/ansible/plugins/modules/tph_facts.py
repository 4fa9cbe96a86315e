#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tell which devices of a host have TPH: vfio-tph list."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: tph_facts
short_description: Facts of all devices that have PCIe TPH
description:
  - Runs C(vfio-tph list) on the host, which opens no device and changes
    nothing.
options:
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
  diff_mode:
    support: none
  facts:
    support: full
"""

EXAMPLES = r"""
- name: Which devices have TPH
  vfio_tph.steering.tph_facts:

- name: Show those on which it is on
  ansible.builtin.debug:
    msg: "{{ ansible_facts.vfio_tph.devices
             | selectattr('state.enabled') | map(attribute='bdf') }}"
"""

RETURN = r"""
ansible_facts:
  description: Facts to add to those of the host.
  returned: always
  type: dict
  contains:
    vfio_tph:
      description: What the tool sees.
      type: dict
      contains:
        devices:
          description: An object a device, as C(vfio-tph --json list) prints.
          type: list
          elements: dict
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.vfio_tph.steering.plugins.module_utils.tool import (
    ARGUMENT, Tool, tell)


def main():
    module = AnsibleModule(argument_spec=dict(executable=ARGUMENT),
                           supports_check_mode=True)
    answer = Tool(module).call(["list"])
    if answer["errors"]:
        module.fail_json(msg="; ".join(tell(error)
                                       for error in answer["errors"]))
    module.exit_json(ansible_facts=dict(
        vfio_tph=dict(devices=answer["devices"])))


if __name__ == "__main__":
    main()
