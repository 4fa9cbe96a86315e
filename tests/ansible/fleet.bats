#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Rolling profiles out to a fleet with contrib/ansible, over SSH. Each host
# has a held device, 01:00.0, and one that nobody holds, 02:00.0.
#
# FLEET_HOSTS is how many hosts there are. In the last case three of them are
# broken, each in a way of its own.
bats_require_minimum_version 1.5.0

. "$BATS_TEST_DIRNAME/../bats/expect.bash"
. "$BATS_TEST_DIRNAME/fleet.bash"

: "${FLEET_HOSTS:=10}"

setup_file()
{
	((EUID == 0)) || skip "only root can make hosts"
	export FLEET=$BATS_FILE_TMPDIR FLEET_NET
	# pipelining: a module goes through the connection's own standard
	# input. Files go the same way, for dropbear has no SFTP.
	cat > "$FLEET/ansible.cfg" <<-END
		[defaults]
		collections_path = $FLEET/collections
		forks = 10
		local_tmp = $FLEET/local
		nocows = true
		retry_files_enabled = false
		gathering = explicit
		[ssh_connection]
		pipelining = true
		transfer_method = piped
		ssh_args = -o StrictHostKeyChecking=no -o UserKnownHostsFile=$FLEET/known_hosts -o ControlMaster=auto -o ControlPersist=60 -o ControlPath=$FLEET/%h -o ConnectTimeout=5
	END
	export ANSIBLE_CONFIG=$FLEET/ansible.cfg
	cmake --install "$(dirname "$VFIO_TPH")/.." --component ansible \
		--prefix "$FLEET/installed"
	ansible-galaxy collection build -f --output-path "$FLEET" \
		"$FLEET/installed/share/ansible/collections/ansible_collections/vfio_tph/steering"
	ansible-galaxy collection install --offline -p "$FLEET/collections" \
		"$FLEET"/vfio_tph-steering-*.tar.gz
	cat > "$FLEET/site.yml" <<-'END'
		- hosts: all
		  vars:
		    tph_watch: false
		    tph_profiles:
		      nic:
		        version: 1
		        devices:
		          - device: "0000:01:00.0"
		            maps:
		              - index: 0-1
		                cpus: 2-3
		          - device: "0000:02:00.0"
		            mode: ns
		  roles:
		    - vfio_tph.steering.tph
	END
	fleet_start "$FLEET_HOSTS"
}

teardown_file()
{
	[[ ! -e $FLEET/inventory ]] || fleet_stop
}

# recap HOST: what the last line of the play says of it, such as "ok=6
# changed=2 unreachable=0 failed=0".
recap()
{
	sed -n "s/^$1 *: *//p" <<< "$output" | tr -s ' ' | cut -d ' ' -f 1-4
}

# tags HOST: the first three entries of the table.
tags()
{
	fleet_on "$1" 'for i in 0 1 2; do look fake_entry 0000:01:00.0 $i; done' |
		xargs
}

@test "a check tells what would change, and changes nothing" {
	run fleet_play --check --diff -l host1 "$FLEET/site.yml"
	expect_status 0
	[[ $output == *"-entry 0: not known"*"+entry 0: tag of CPU 2"* ]]
	expect_equal "TPH control" 0x00000000 \
		"$(fleet_on host1 look fake_control 0000:01:00.0)"
	run -1 fleet_on host1 test -e /etc/vfio-tph.d/nic.json
}

@test "the facts tell of all devices that have TPH" {
	cat > "$FLEET/facts.yml" <<-'END'
		- hosts: all
		  tasks:
		    - vfio_tph.steering.tph_facts:
		    - debug:
		        msg: "see {{ item.bdf }} {{ item.tph.modes | join(',') }}"
		      loop: "{{ ansible_facts.vfio_tph.devices }}"
	END
	run fleet_play -l host1 "$FLEET/facts.yml"
	expect_status 0
	expect_equal "devices" "see 0000:01:00.0 ns,iv,ds see 0000:02:00.0 ns,iv,ds" \
		"$(sed -n 's/.*"msg": "\(see .*\)".*/\1/p' <<< "$output" | xargs)"
}

@test "one host is brought there, and by a second run not touched" {
	run fleet_play -l host1 "$FLEET/site.yml"
	expect_equal "first run" "ok=5 changed=3 unreachable=0 failed=0" "$(recap host1)"
	expect_equal "tags" "274 275 0" "$(tags host1)"
	fleet_on host1 ': > "$(look printenv VFIO_TPH_FAKE)/log"'
	run fleet_play -l host1 "$FLEET/site.yml"
	expect_equal "second run" "ok=5 changed=0 unreachable=0 failed=0" "$(recap host1)"
	expect_equal "calls that write" "" \
		"$(fleet_on host1 look fake_log "'ENABLE|DISABLE|SET_ST'")"
}

@test "what is already so is not changed, what drifted alone is" {
	fleet_on host1 vfio-tph -q set-st --owner 01:00.0 0=1
	run fleet_play -l host1 "$FLEET/site.yml"
	expect_equal "run" "ok=5 changed=1 unreachable=0 failed=0" "$(recap host1)"
	expect_equal "tags" "274 275 0" "$(tags host1)"
}

@test "a host that refuses a profile keeps the files that it had" {
	sed 's/0-1$/0-99/' "$FLEET/site.yml" > "$FLEET/wrong.yml"
	run fleet_play -l host1 "$FLEET/wrong.yml"
	expect_status 2
	[[ $output == *"0000:01:00.0: "*"index"* ]]
	expect_equal "index in the file" '"0-1"' \
		"$(fleet_on host1 "jq -c '.devices[0].maps[0].index' /etc/vfio-tph.d/nic.json")"
	expect_equal "tags" "274 275 0" "$(tags host1)"
}

@test "profiles that are not named are removed if so wished" {
	fleet_on host1 'echo "{}" > /etc/vfio-tph.d/old.json'
	run fleet_play -l host1 -e tph_purge=true "$FLEET/site.yml"
	expect_status 0
	expect_equal "files" "nic.json" "$(fleet_on host1 ls /etc/vfio-tph.d)"
}

@test "a device that nobody holds is pending, or an error if so wished" {
	cat > "$FLEET/pending.yml" <<-'END'
		- hosts: all
		  tasks:
		    - vfio_tph.steering.profile:
		        path: /etc/vfio-tph.d/nic.json
		      register: nic
		    - debug:
		        msg: "pending {{ nic.pending | join(',') }}"
		    - vfio_tph.steering.profile:
		        path: /etc/vfio-tph.d/nic.json
		        unheld: fail
	END
	run fleet_play -l host1 "$FLEET/pending.yml"
	expect_status 2
	[[ $output == *'"msg": "pending 0000:02:00.0"'* ]]
	[[ $output == *'"msg": "0000:02:00.0: no process holds it"'* ]]
}

@test "of all hosts three are broken: they say why, and the others converge" {
	local i last=$FLEET_HOSTS
	local gone=host$last refusing=host$((last - 1)) bare=host$((last - 2))

	# No SSH; a kernel that refuses; no tool.
	kill -KILL "$(< "$FLEET/$gone/pid")"
	fleet_on "$refusing" look fake_fault 'ioctl.SET_ST:*:EIO'
	fleet_on "$bare" rm /usr/local/sbin/vfio-tph

	run fleet_play "$FLEET/site.yml"
	expect_equal "exit status" 4 "$((status & 4))"
	expect_equal "$gone" "ok=1 changed=0 unreachable=1 failed=0" "$(recap "$gone")"
	expect_equal "$refusing" "ok=4 changed=2 unreachable=0 failed=1" "$(recap "$refusing")"
	expect_equal "$bare" "ok=1 changed=0 unreachable=0 failed=1" "$(recap "$bare")"
	[[ $output == *"$refusing"*"0000:01:00.0: "*"Input/output error"* ]]
	[[ $output == *"$bare"*"Failed to find required executable"* ]]
	for ((i = 2; i < last - 2; i++)); do
		expect_equal "host$i" "ok=5 changed=3 unreachable=0 failed=0" "$(recap host$i)"
		expect_equal "tags of host$i" "274 275 0" "$(tags "host$i")"
	done

	run fleet_play "$FLEET/site.yml"
	for ((i = 1; i < last - 2; i++)); do
		expect_equal "host$i, again" "ok=5 changed=0 unreachable=0 failed=0" \
			"$(recap host$i)"
	done
	expect_equal "TPH of the host that refused" 0x00000000 \
		"$(fleet_on "$refusing" look fake_control 0000:01:00.0)"
}
