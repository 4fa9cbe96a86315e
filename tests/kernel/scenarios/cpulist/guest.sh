# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2154
# The tool's parser of CPU lists beside the kernel's own: the same texts into
# cpuset.cpus of a control group.
. /lib.sh

mkdir -p /sys/fs/cgroup
mount -t cgroup2 cgroup /sys/fs/cgroup
echo +cpuset >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/lists

it "cpuset.cpus takes the lists that the tool takes, for the same CPUs"
run sh /check-kernel cpulist-say /texts /sys/fs/cgroup/lists/cpuset.cpus
same "lists that differ" "" "$(echo "$output" | grep -v " texts, ")"
same "status" 0 "$status"
has "number of texts" " texts, " "$output"
echo "# $output" >&3

finish
