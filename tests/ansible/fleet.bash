# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Hosts to roll profiles out to: each a root directory, processes and a
# network of its own on this machine, with SSH. Nothing of it is reached from
# outside: they and the one who calls Ansible are on a bridge in a network
# namespace. Only root can make them.
#
# FLEET is a directory for all of it; hosts are called host1 to hostN.

FLEET_TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/fake/fake.bash
. "$FLEET_TREE/tests/fake/fake.bash"
: "${VFIO_TPH:=$FLEET_TREE/build/release/src/vfio-tph}"
export FLEET_TREE VFIO_TPH FAKE_BUILD

# fleet_start N: N hosts, and the network that they are on.
fleet_start()
{
	local i

	FLEET_NET=tph$$
	ssh-keygen -q -t ed25519 -N '' -f "$FLEET/key"
	ip netns add "$FLEET_NET"
	ip -n "$FLEET_NET" link add bridge type bridge
	ip -n "$FLEET_NET" address add 10.77.255.254/16 dev bridge
	ip -n "$FLEET_NET" link set bridge up
	ip -n "$FLEET_NET" link set lo up
	: >"$FLEET/inventory"
	for ((i = 1; i <= $1; i++)); do
		fleet_host "$i"
	done
	for ((i = 1; i <= $1; i++)); do
		fleet_wait "$FLEET/host$i/up"
	done
	printf '%s\n' '[all:vars]' 'ansible_user=root' \
		"ansible_ssh_private_key_file=$FLEET/key" \
		"ansible_python_interpreter=/usr/bin/python3" >>"$FLEET/inventory"
}

fleet_host()
{
	local directory=$FLEET/host$1 address=10.77.$(($1 / 250)).$(($1 % 250 + 1))

	mkdir -p "$directory/disk"
	dropbearkey -t ed25519 -f "$directory/host_key" >/dev/null 2>&1
	cp "$FLEET/key.pub" "$directory/authorized_keys"
	ip netns add "$FLEET_NET-$1"
	ip -n "$FLEET_NET" link add "v$1" type veth peer name eth0 \
		netns "$FLEET_NET-$1"
	ip -n "$FLEET_NET" link set "v$1" master bridge up
	ip -n "$FLEET_NET-$1" address add "$address/16" dev eth0
	ip -n "$FLEET_NET-$1" link set eth0 up
	ip netns exec "$FLEET_NET-$1" unshare --mount --pid --fork --kill-child \
		"$FLEET_TREE/tests/ansible/host" "$directory" \
		</dev/null >"$directory/log" 2>&1 3>&- &
	echo $! >"$directory/pid"
	disown
	echo "host$1 ansible_host=$address" >>"$FLEET/inventory"
}

fleet_wait()
{
	local i

	for ((i = 0; i < 600; i++)); do
		[[ -e $1 ]] && return 0
		sleep 0.1
	done
	echo "fleet: no $1:" >&2
	cat "$(dirname "$1")/log" >&2
	return 1
}

# fleet_stop: end the hosts, and take the network away.
fleet_stop()
{
	local pid i=0

	# unshare does not listen to SIGTERM while its child runs.
	for pid in "$FLEET"/host*/pid; do
		((++i))
		kill -KILL "$(<"$pid")" || true
		ip netns delete "$FLEET_NET-$i"
	done
	ip netns delete "$FLEET_NET"
}

# fleet_play ARGUMENTS...: ansible-playbook with the collection as a user
# would install it.
fleet_play()
{
	ip netns exec "$FLEET_NET" env ANSIBLE_CONFIG="$FLEET/ansible.cfg" \
		ansible-playbook -i "$FLEET/inventory" "$@"
}

# fleet_on HOST COMMAND...: run a command there, by SSH.
fleet_on()
{
	local host=$1 address

	shift
	address=$(sed -n "s/^$host ansible_host=//p" "$FLEET/inventory")
	ip netns exec "$FLEET_NET" ssh -n -q -i "$FLEET/key" \
		-o StrictHostKeyChecking=no -o "UserKnownHostsFile=$FLEET/known_hosts" \
		"root@$address" "$@"
}
