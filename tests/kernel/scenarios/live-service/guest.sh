# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2016,SC2086,SC2154
# A Debian that systemd has started, on which the project was installed: the
# rule of udev and its unit, and the service for all devices. Part one puts the
# project and this file on the Debian's disk; part two is a unit of its systemd.
if [ ! -d /run/systemd/system ]; then
	mkdir /debian
	until [ -b /dev/vda ]; do sleep 0.1; done
	mount -t ext4 /dev/vda /debian
	cp -r /installed/* /modules /guest.sh /lib.sh /debian/
	cp /bin/holder /bin/busybox /debian/usr/local/bin/
	# Not the first boot, at which every unit would be enabled.
	echo 0123456789abcdef0123456789abcdef >/debian/etc/machine-id
	cat >/debian/etc/systemd/system/bench.service <<-'END'
		[Service]
		Type=oneshot
		Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/applets
		ExecStart=/bin/sh -c "exec busybox sh /guest.sh 3>/dev/ttyS1"
		ExecStopPost=systemctl poweroff --force --force
		StandardOutput=tty
		TimeoutStartSec=infinity
	END
	echo /debian /lib/systemd/systemd >/next
	exit 0
fi
# The Debian's own programs first; what it lacks is busybox's.
mkdir /applets
busybox --install -s /applets
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$FAR,$NVME location=msix,msix
profiles=/etc/vfio-tph.d
unit=vfio-tph-watch@$FAR.service

# profile BDF CPU: all entries for a CPU
profile() {
	mkdir -p $profiles
	echo "{ \"version\": 1, \"devices\": [ { \"device\": \"$1\",
		\"maps\": [ { \"index\": \"all\", \"cpus\": \"$2\" } ] } ] }" \
		>$profiles/bench.json
}
of_unit() { systemctl show --value -p "$2" "$1"; }
is() { [ "$(of_unit $1 ActiveState)" = $2 ]; }
becomes() {
	until_so 10 is $1 $2 || same "state of $1" $2 "$(systemctl status $1)"
}
msix_is() { [ "$(msix_table $1 2)" = "$2" ]; }
table_becomes() {	# table_becomes BDF CPU [far]
	local wanted

	wanted=$(tags_of "$2 $2" volatile 16 $3)
	until_so 5 msix_is $1 "$wanted" ||
		same "table of $1" "$wanted" "$(msix_table $1 2)
$(journalctl -u 'vfio-tph-watch*' --no-pager -o cat -n 20)"
}

it "systemd is the first process, and nothing is watched"
same "the first process" systemd "$(cat /proc/1/comm)"
same "units that run" "" "$(systemctl list-units --plain --no-legend 'vfio-tph-watch*')"

it "a function that no profile names is asked for, and not watched"
bind $FAR tph-vfio-pci
udevadm settle
condition_told() { [ -n "$(of_unit $unit ConditionTimestamp)" ]; }
until_so 30 condition_told
same "result of the condition" no "$(of_unit $unit ConditionResult)"
same "state" inactive "$(of_unit $unit ActiveState)"

it "one that a profile names is watched as soon as it comes under VFIO"
unbind $FAR
udevadm settle
profile $FAR 3
bind $FAR tph-vfio-pci
becomes $unit active

it "it has the three capabilities that it needs, and no network"
pid=$(of_unit $unit MainPID)
same "capabilities" 0000000000280004 "$(sed -n 's/^CapEff:[^0-9a-f]*//p' /proc/$pid/status)"
same "networks" lo "$(nsenter --net --target $pid sed -n 's/^ *\([^ ]*\):.*/\1/p' /proc/net/dev)"

it "when somebody opens the function, what the profile says is set"
hold cdev $FAR 2
table_becomes $FAR 3 far

it "a reload has the changed profile applied"
profile $FAR 2
expect_status 0 systemctl reload $unit
table_becomes $FAR 2 far
same "process" $pid "$(of_unit $unit MainPID)"

it "killed, it is started again, and goes on"
kill -KILL $pid
another() { is $unit active && [ "$(of_unit $unit MainPID)" != $pid ]; }
until_so 30 another || same "state" "active, another process" "$(systemctl status $unit)"
profile $FAR 3
expect_status 0 systemctl reload $unit
table_becomes $FAR 3 far

it "it ends with the function"
let_go
unbind $FAR
becomes $unit inactive
same "result" success "$(of_unit $unit Result)"

it "the service for all devices is ready when it is started, and applies"
profile $NVME 1
bind $NVME tph-vfio-pci
expect_status 0 systemctl start vfio-tph-watch.service
same "state" active "$(of_unit vfio-tph-watch.service ActiveState)"
hold cdev $NVME 2
table_becomes $NVME 1

it "it stops when it is told to, and what it set stays"
expect_status 0 systemctl stop vfio-tph-watch.service
same "result" success "$(of_unit vfio-tph-watch.service Result)"
same "table" "$(tags_of "1 1" volatile 16)" "$(msix_table $NVME 2)"
let_go

finish
