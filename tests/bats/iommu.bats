# SPDX-License-Identifier: GPL-2.0-or-later
# iommu: what the IOMMU of a device has; --iommu: what a device is attached
# to. When a test is over nothing may be left in an iommufd (helper.bash).
# shellcheck disable=SC2016,SC2034,SC2154	# for the program's shell; of helper.bash
load helper.bash

# steps: the calls on iommufd and on the device so far, one word each: of a
# HWPT with its flags in hexadecimal, "!" with the error of those that failed.
steps()
{
	fake_log ' (IOMMU_|ATTACH|DETACH|ENABLE|DISABLE|SET_ST)|fault closed' |
		sed -E '
			s/^iommufd-fault closed.*/queue-closed/
			s/^[^ ]+ //
			s/IOMMU_HWPT_ALLOC size=48 words=([0-9a-f]+),.* =/HWPT:\1 =/
			s/ (size|argsz)=.* =/ =/
			s/^IOMMU_//
			s/ = 0$//
			s/ = -(E[A-Z0-9]+)$/!\1/'
}

expect_steps()
{
	expect_equal "calls" "$*" "$(steps | paste -sd' ' -)"
}

# iommu OPTIONS: one device, whose IOMMU is so; DEVICE_OPTIONS are its own.
DEVICE_OPTIONS=
iommu()
{
	ONE_LINES="iommu $*"
	# shellcheck disable=SC2086	# several words
	one_device driver=vfio-pci tph=ns,iv,ds,ext st=cap:16 $DEVICE_OPTIONS
}

# What a test did on purpose: the kernel frees it with the iommufd.
leaks_are_wanted()
{
	fake_settle
	[[ -s $VFIO_TPH_FAKE/leaks ]] || {
		echo "nothing was left"
		return 1
	}
	rm "$VFIO_TPH_FAKE/leaks"
}

# ---- the command ----

@test "iommu: an IOMMU that has everything" {
	DEVICE_OPTIONS='ats=on' iommu pasid=20
	tph iommu $CAP
	expect_status 0
	expect_stdout "$CAP 8086:0b25" \
		"    IOMMU:        intel-vtd" \
		"    Capabilities: dirty-tracking pasid-exec pasid-priv" \
		"    Dirty pages:  tracked" \
		"    PASID width:  20 bits" \
		"    ATS:          on, not ruled out by the kernel" \
		"    Nesting:      yes" \
		"    PASID parent: yes" \
		"    Fault queue:  yes"
	expect_stderr
}

@test "iommu: an IOMMU that has nothing beside translation; that is no failure" {
	iommu pasid=0 nesting=no fault=no dirty=no
	tph iommu $CAP
	expect_status 0
	expect_stdout "$CAP 8086:0b25" \
		"    IOMMU:        intel-vtd" \
		"    Capabilities: no-ats" \
		"    Dirty pages:  not tracked" \
		"    PASID width:  none" \
		"    ATS:          no capability, the kernel says it cannot be used" \
		"    Nesting:      no (EOPNOTSUPP)" \
		"    PASID parent: not tried, there is no PASID width" \
		"    Fault queue:  no (EOPNOTSUPP)"
	expect_stderr
}

@test "iommu: the same in JSON" {
	iommu pasid=0 nesting=no dirty=no
	tph --json iommu $CAP
	expect_status 0
	one_object
	expect_json '.devices[0].iommu' '{"type":1,"name":"intel-vtd","capabilities":["no-ats"],"dirty_tracking":false,"pasid_width":0,"ats":{"capability":false,"enabled":false,"ruled_out":true},"nesting_parent":{"available":false,"error":"EOPNOTSUPP"},"nesting_parent_pasid":{"available":null,"error":null},"fault_queue":{"available":true,"error":null}}'
}

@test "iommu: each type has its name, a number that is not known is shown" {
	local type
	for type in 0:none 1:intel-vtd 2:arm-smmuv3 3:tegra241-cmdqv 4:amd \
		"77:type 77"; do
		fake_set iommu_type "${type%%:*}"
		tph iommu $CAP
		expect_in "^    IOMMU:        ${type#*:}$"
	done
	tph --json iommu $CAP
	expect_json '.devices[0].iommu | [.type, .name]' '[77,null]'
}

@test "iommu: a capability that is not known is shown by its bit" {
	iommu capabilities=0x40 pasid=0
	tph iommu $CAP
	expect_in '^    Capabilities: dirty-tracking no-ats bit-6$'
}

@test "iommu: ATS that is off, and that is not there" {
	DEVICE_OPTIONS='ats=off' iommu
	tph iommu $CAP
	expect_in '^    ATS:          off, not ruled out by the kernel$'
	tph --json iommu $CAP
	expect_json '.devices[0].iommu.ats' \
		'{"capability":true,"enabled":false,"ruled_out":false}'
}

@test "iommu: without the right to read config space, ATS is seen through the device" {
	DEVICE_OPTIONS='ats=on' iommu
	fake_set uid 1000
	chmod 0666 "$VFIO_TPH_FAKE"/root/dev/iommu \
		"$VFIO_TPH_FAKE"/root/dev/vfio/devices/vfio0
	sed -i '/dev/d' "$VFIO_TPH_FAKE/owners"
	tph iommu $CAP
	expect_status 0
	expect_in '^    ATS:          on,'
}

@test "iommu: the PASID flag is not sent to an IOMMU that reports no width" {
	iommu pasid=0
	tph iommu $CAP
	expect_steps GET_HW_INFO IOAS_ALLOC HWPT:1 DESTROY \
		FAULT_QUEUE_ALLOC HWPT:4 DESTROY queue-closed DESTROY DESTROY
}

@test "iommu: an IOMMU whose nesting parents take no PASIDs" {
	iommu type=4 pasid=16
	tph iommu $CAP
	expect_in '^    Nesting:      yes$'
	expect_in '^    PASID parent: no \(EOPNOTSUPP\)$'
}

@test "iommu: everything that is tried is destroyed, in order, and nothing attached" {
	tph iommu $CAP
	expect_steps GET_HW_INFO IOAS_ALLOC HWPT:1 DESTROY HWPT:9 DESTROY \
		FAULT_QUEUE_ALLOC HWPT:4 DESTROY queue-closed DESTROY DESTROY
}

@test "iommu: a kernel that has no fault queues" {
	fake_fault 'ioctl.IOMMU_FAULT_QUEUE_ALLOC:*:ENOTTY'
	tph iommu $CAP
	expect_status 0
	expect_in '^    Fault queue:  no \(ENOTTY\)$'
}

# What each trial of the probe is, and the line that tells of it.
TRIALS="HWPT_ALLOC:1:Nesting HWPT_ALLOC:2:PASID.parent
	HWPT_ALLOC:3:Fault.queue FAULT_QUEUE_ALLOC:1:Fault.queue"

@test "iommu: what the kernel says that there is not is a result, with the name of its error" {
	local case
	for case in $TRIALS; do
		fake_fault "ioctl.IOMMU_${case%:*}:EOPNOTSUPP"
		tph iommu $CAP
		expect_status 0
		expect_in "^    ${case##*:}: +no \\(EOPNOTSUPP\\)$"
		expect_equal "things that are not there" 1 \
			"$(grep -c EOPNOTSUPP <<< "$output")"
		expect_stderr
	done
}

@test "iommu: a trial that fails for another reason leaves it open, with one line and status 1" {
	local case
	for case in $TRIALS; do
		fake_fault "ioctl.IOMMU_${case%:*}:ENOMEM"
		tph iommu $CAP
		expect_status 1
		expect_in "^    ${case##*:}: +not known \\(ENOMEM\\)$"
		expect_equal "things that are not known" 1 \
			"$(grep -c ENOMEM <<< "$output")"
		one_line_on_stderr "^vfio-tph: $CAP: .*${case##*:}: Cannot allocate memory$"
	done
}

@test "iommu: what is not known is null in JSON, with the error" {
	fake_fault ioctl.IOMMU_FAULT_QUEUE_ALLOC:1:ENOMEM
	tph --json iommu $CAP
	expect_status 1
	expect_equal "fault queue and error" '{"available":null,"error":"ENOMEM"} system' \
		"$(jq -r '"\(.devices[0].iommu.fault_queue | tojson) \(.errors[0].code)"' <<< "$output")"
}

@test "iommu: what no answer can do without, refused: status 1, one line, nothing left" {
	local call
	for call in open:/dev/iommu open:/dev/vfio/devices/vfio0 \
		ioctl.BIND_IOMMUFD ioctl.IOMMU_GET_HW_INFO \
		ioctl.IOMMU_IOAS_ALLOC; do
		fake_fault "$call:1:EIO"
		tph iommu $CAP
		expect_status 1
		one_line_on_stderr "^vfio-tph: $CAP: .*: Input/output error$"
		expect_equal "standard output" "" "$output"
		fake_no_leaks
	done
}

@test "iommu: what cannot be destroyed is an error, and the rest is destroyed" {
	local nth
	for nth in 1 2 3 4 5; do
		fake_fault "ioctl.IOMMU_DESTROY:$nth:EIO"
		fake_log_clear
		tph iommu $CAP
		expect_status 1
		one_line_on_stderr "cannot free the (hwpt|fault-queue|ioas): Input/output error$"
		expect_equal "the last call" DESTROY \
			"$(steps | tail -n 1 | sed 's/!.*//')"
		leaks_are_wanted
	done
}

@test "iommu: refused on a device that somebody else holds, which notices nothing" {
	local way
	for way in cdev group; do
		fake_hold $CAP "$way" 0
		fake_tell enable 2
		fake_log_clear
		tph iommu $CAP
		expect_status 8
		expect_stderr "vfio-tph: $CAP: held by fake-holder (pid $FAKE_HOLDER)" \
			"hint: run 'vfio-tph doctor $CAP'"
		expect_steps ""
		expect_control $CAP 0x00000301
		fake_release
	done
}

@test "iommu: a device that is free again is not open afterwards" {
	tph iommu $CAP
	fake_hold $CAP group
}

@test "iommu: it asks nothing of TPH: a device without it, a kernel without the ABI" {
	tph iommu $PLAIN
	expect_status 0
	expect_in '^    Nesting:      yes$'
	expect_ioctls
}

@test "iommu: all means the devices that have TPH; those that cannot be opened are failures" {
	machine <<-END
		node 0 cpus=0-3
		root 0000:00
		port 0000:00:01.0 bus=01
		device 0000:01:00.0 driver=vfio-pci tph=ns st=none
		device 0000:01:00.1 driver=vfio-pci
		device 0000:01:00.2 driver=ixgbe tph=ns st=none
	END
	tph --json iommu all
	expect_status 9
	expect_json '[.devices[].bdf]' '["0000:01:00.0"]'
	expect_json '[.errors[] | [.device, .exit]]' '[["0000:01:00.2",4]]'
}

@test "iommu: no character devices: one line, what it takes, and not --via group" {
	ONE_LINES='iommu cdev=no' one_device driver=vfio-pci
	tph iommu $CAP
	expect_status 1
	one_line_on_stderr 'no character device'
	expect_hint 'CONFIG_VFIO_DEVICE_CDEV'
}

@test "iommu: no IOMMU: status 5; not bound: 4; not there: 3; no device: 2" {
	tph iommu $HOST
	expect_status 4
	tph iommu 99:00.0
	expect_status 3
	tph iommu
	expect_status 2
	ONE_LINES='iommu none' one_device driver=vfio-pci
	tph iommu $CAP
	expect_status 5
	one_line_on_stderr
}

@test "iommu: a dry run issues nothing, and lists what the real one issues" {
	local planned
	tph --dry-run iommu $CAP
	expect_status 0
	expect_nothing_issued
	planned=$(sed -n 's/^    //p' <<< "$output")
	tph -v iommu $CAP
	expect_equal "calls" "$(sed -E 's/^vfio-tph: [^ ]*: (.*) = .*/\1/' \
		<<< "$stderr")" "$planned"
	tph --json --dry-run iommu $CAP
	expect_json '.devices[0] | [has("iommu"), (.ioctls | length)]' \
		'[false,14]'
}

@test "iommu: a dry run on a device that is held: status 8" {
	fake_hold $CAP cdev
	tph --dry-run iommu $CAP
	expect_status 8
}

# ---- run --iommu ----

@test "run --iommu ioas: attached before TPH is set up, and all taken back in order" {
	tph run --iommu ioas $CAP 0=4 -- true
	expect_status 0
	expect_steps IOAS_ALLOC ATTACH_IOMMUFD_PT ENABLE SET_ST DISABLE \
		DETACH_IOMMUFD_PT DESTROY
}

@test "run --iommu nesting-parent,pasid,faults: all of it, and all of it taken back in order" {
	tph run --iommu nesting-parent,pasid,faults $CAP -- true
	expect_status 0
	expect_stderr
	expect_steps IOAS_ALLOC FAULT_QUEUE_ALLOC GET_HW_INFO HWPT:9 \
		ATTACH_IOMMUFD_PT ENABLE DISABLE DETACH_IOMMUFD_PT DESTROY \
		queue-closed DESTROY DESTROY
}

@test "run --iommu: the flags of the page table, by what is asked for" {
	local case
	DEVICE_OPTIONS='ats=on pri=yes' iommu
	for case in ioas: ioas,pasid:HWPT:8 ioas,faults:HWPT:4 \
		ioas,pasid,faults:HWPT:c nesting-parent:HWPT:1 \
		nesting-parent,pasid:HWPT:9 nesting-parent,faults:HWPT:1; do
		fake_log_clear
		tph run --iommu "${case%%:*}" $CAP -- true
		expect_status 0
		expect_equal "page table of ${case%%:*}" "${case#*:}" \
			"$(steps | grep HWPT)"
	done
}

@test "run --iommu: PASIDs wanted where none are reported: the flag is not sent, and that is said" {
	local kind
	iommu type=4 pasid=0
	for kind in ioas nesting-parent; do
		tph run --iommu $kind,pasid $CAP -- true
		expect_status 0
		expect_stderr "vfio-tph: $CAP: its IOMMU reports no PASID width for it: its page table is without PASIDs"
	done
	expect_equal "page tables" HWPT:1 "$(steps | grep HWPT)"
}

@test "run --iommu: the ids are in the environment, and those of the iommufd that is passed" {
	tph run --iommu nesting-parent,faults $CAP -- /usr/bin/python3 -c '
import fcntl, os, struct
env = lambda name: int(os.environ["VFIO_TPH_" + name])
def call(number, form, *words):
    return struct.unpack(form, fcntl.ioctl(env("IOMMUFD_FD"), number,
                                           struct.pack(form, *words)))
# A table of our own on the nesting parent, with the queue; it can be had.
data = bytearray(16)
nested = call(0x3b89, "IIIIIIIIQII", 48, 4, env("DEV_ID"), env("HWPT_ID"),
              0, 0, 1, 16, id(data), env("FAULT_ID"), 0)[4]
call(0x3b80, "II", 8, nested)
# And one on the IOAS.
own = call(0x3b89, "IIIIIIIIQII", 48, 0, env("DEV_ID"), env("IOAS_ID"),
           0, 0, 0, 0, 0, 0, 0)[4]
call(0x3b80, "II", 8, own)
print(os.readlink("/proc/self/fd/%d" % env("FAULT_FD")))'
	expect_status 0
	expect_stdout 'anon_inode:[iommufd-pgfault]'
}

@test "run --iommu: what there is not is not in the environment, though the caller has it" {
	VFIO_TPH_HWPT_ID=7 VFIO_TPH_FAULT_ID=7 VFIO_TPH_FAULT_FD=7 \
		tph run --iommu ioas $CAP -- sh -c 'echo \
		"${VFIO_TPH_HWPT_ID-none} ${VFIO_TPH_FAULT_ID-none}" \
		"${VFIO_TPH_FAULT_FD-none} $VFIO_TPH_DEV_ID $VFIO_TPH_IOAS_ID"'
	expect_stdout 'none none none 1 2'
	VFIO_TPH_IOAS_ID=7 tph run $CAP -- \
		sh -c 'echo "${VFIO_TPH_IOAS_ID-none} $VFIO_TPH_DEV_ID"'
	expect_stdout 'none 1'
	VFIO_TPH_DEV_ID=7 tph run --via group $CAP -- \
		sh -c 'echo "${VFIO_TPH_DEV_ID-none}"'
	expect_stdout none
}

@test "run --iommu: three descriptors more than the caller's, and no others" {
	local own
	own=$(fake_run bash -c 'ls /proc/self/fd | wc -l')
	tph run --iommu nesting-parent,faults $CAP -- \
		bash -c 'ls /proc/self/fd | wc -l'
	expect_stdout $((own + 3))
}

@test "run --iommu: each call refused in turn: one line, the program is not run, nothing is left" {
	local call
	for call in IOMMU_IOAS_ALLOC IOMMU_FAULT_QUEUE_ALLOC \
		IOMMU_GET_HW_INFO IOMMU_HWPT_ALLOC ATTACH_IOMMUFD_PT ENABLE; do
		fake_fault "ioctl.$call:1:ENOSPC"
		tph run --iommu nesting-parent,pasid,faults $CAP -- \
			touch "$BATS_TEST_TMPDIR/ran"
		expect_status 1
		one_line_on_stderr "^vfio-tph: $CAP: .*: No space left on device$"
		[[ ! -e $BATS_TEST_TMPDIR/ran ]]
		expect_control $CAP 0x00000000
		fake_no_leaks
	done
}

@test "run --iommu: what cannot be taken back in the end is one line, and status 1" {
	local case
	for case in DETACH_IOMMUFD_PT:1:detach IOMMU_DESTROY:1:hwpt \
		IOMMU_DESTROY:2:fault-queue IOMMU_DESTROY:3:ioas; do
		fake_fault "ioctl.${case%:*}:EIO"
		tph run --iommu nesting-parent,faults $CAP -- true
		expect_status 1
		one_line_on_stderr "${case##*:}.*: Input/output error$"
		leaks_are_wanted
	done
}

@test "run --iommu: what the program freed itself, or left behind, is no error" {
	tph run --iommu ioas $CAP -- /usr/bin/python3 -c '
import fcntl, os, struct
env = lambda name: int(os.environ["VFIO_TPH_" + name])
fcntl.ioctl(env("DEVICE_FD"), 0x3b78, struct.pack("II", 8, 0))
fcntl.ioctl(env("IOMMUFD_FD"), 0x3b80, struct.pack("II", 8, env("IOAS_ID")))'
	expect_status 0
	expect_stderr
	tph run --iommu ioas $CAP -- /usr/bin/python3 -c '
import fcntl, os, struct
env = lambda name: int(os.environ["VFIO_TPH_" + name])
fcntl.ioctl(env("IOMMUFD_FD"), 0x3b89, struct.pack("IIIIIIIIQII", 48, 0,
            env("DEV_ID"), env("IOAS_ID"), 0, 0, 0, 0, 0, 0, 0))'
	expect_status 0
	expect_stderr
	leaks_are_wanted
}

@test "an IOMMU without nesting: status 5, one line, and where to look" {
	iommu nesting=no
	tph run --iommu nesting-parent $CAP -- touch "$BATS_TEST_TMPDIR/ran"
	expect_status 5
	one_line_on_stderr "^vfio-tph: $CAP: cannot allocate a nesting parent: Operation not supported$"
	expect_hint "vfio-tph iommu $CAP$"
	[[ ! -e $BATS_TEST_TMPDIR/ran ]]
}

@test "what else an IOMMU has not: status 5, named" {
	iommu type=4 fault=no
	tph run --iommu nesting-parent,pasid $CAP -- true
	expect_status 5
	one_line_on_stderr 'a nesting parent for PASIDs'
	tph run --iommu ioas,faults $CAP -- true
	expect_status 5
	one_line_on_stderr 'a page table with a fault queue'
	tph --json enable --hold --iommu ioas,faults $CAP
	expect_json '.errors[0] | [.code, .exit]' '["iommu-cannot",5]'
}

@test "a device without page requests on a table with a fault queue: status 5" {
	tph run --iommu ioas,faults $CAP -- true
	expect_status 5
	one_line_on_stderr "^vfio-tph: $CAP: cannot attach it to a page table with a fault queue: it sends no page requests"
}

@test "a dry run lists what run --iommu issues, the end of it too" {
	local planned
	tph --dry-run run --iommu nesting-parent,pasid,faults $CAP 0=4 -- true
	expect_status 0
	expect_nothing_issued
	planned=$(sed -n 's/^    //p' <<< "$output")
	tph -v run --iommu nesting-parent,pasid,faults $CAP 0=4 -- true
	expect_equal "calls" "$(sed -E 's/^vfio-tph: [^ ]*: (.*) = .*/\1/' \
		<<< "$stderr")" "$planned"
}

# ---- --hold --iommu ----

held()
{
	start_tph "$@"
	await grep -q '^holding ' "$TPH_OUT" "$TPH_ERR"
}

let_go()
{
	kill "$TPH_PID"
	end_tph
	expect_status 0
	expect_stderr
}

@test "enable --hold --iommu: attached while it holds, and all taken back in order" {
	held enable --hold --iommu nesting-parent,pasid,faults $CAP
	expect_steps IOAS_ALLOC FAULT_QUEUE_ALLOC GET_HW_INFO HWPT:9 \
		ATTACH_IOMMUFD_PT ENABLE
	let_go
	expect_equal "the end" "DISABLE DETACH_IOMMUFD_PT DESTROY queue-closed DESTROY DESTROY" \
		"$(steps | sed '1,/ENABLE/d' | paste -sd' ' -)"
}

@test "set-st --hold --iommu, and apply" {
	held set-st --hold --iommu ioas $CAP 0=4
	expect_entries $CAP 0 0x114
	let_go
	expect_steps IOAS_ALLOC ATTACH_IOMMUFD_PT ENABLE SET_ST DISABLE \
		DETACH_IOMMUFD_PT DESTROY
	fake_log_clear
	echo '{ "version": 1, "devices": [ { "device": "01:00.0", "mode": "iv" } ] }' \
		> "$BATS_TEST_TMPDIR/profile"
	held apply --hold --iommu nesting-parent "$BATS_TEST_TMPDIR/profile"
	expect_control $CAP 0x00000301
	let_go
	expect_equal "attached" "ATTACH_IOMMUFD_PT DETACH_IOMMUFD_PT" \
		"$(steps | grep TACH | paste -sd' ' -)"
}

@test "devices of several groups have an address space each, those of one group share it" {
	machine <<-END
		node 0 cpus=0-3
		tags v8=1
		root 0000:00
		port 0000:00:01.0 bus=01 completer=tph
		device 0000:01:00.0 driver=vfio-pci group=5 tph=ns,iv st=cap:4
		device 0000:01:00.1 driver=vfio-pci group=5 tph=ns,iv st=cap:4
		device 0000:01:00.2 driver=vfio-pci group=6 tph=ns,iv st=cap:4
	END
	held enable --hold --iommu nesting-parent 01:00.0 01:00.1 01:00.2
	expect_equal "allocations" "IOAS_ALLOC HWPT:1 IOAS_ALLOC HWPT:1" \
		"$(steps | grep -E 'ALLOC|HWPT' | paste -sd' ' -)"
	let_go
	expect_equal "the end" 3 "$(steps | grep -c DETACH)"
}

@test "what fails at the end of --hold is one line, and not status 0" {
	fake_fault ioctl.DETACH_IOMMUFD_PT:1:EIO
	held enable --hold --iommu ioas $CAP
	kill "$TPH_PID"
	end_tph
	[[ $status != 0 ]]
	one_line_on_stderr "cannot detach it from its page table: Input/output error"
	leaks_are_wanted
}

# ---- usage ----

@test "--iommu without --hold is refused, by name" {
	tph enable --try --iommu ioas $CAP
	expect_status 2
	one_line_on_stderr '--iommu needs --hold'
	expect_nothing_issued
}

@test "--iommu and --via group are refused, by name; --via cdev is not" {
	tph run --iommu ioas --via group $CAP -- true
	expect_status 2
	one_line_on_stderr '--iommu and --via group cannot go together'
	expect_nothing_issued
	tph run --iommu ioas --via cdev $CAP -- true
	expect_status 0
}

@test "--iommu with what it does not know: status 2, one line, what there is" {
	local word
	for word in hwpt "" "ioas," ioas,dirty ioas,pasid,pasid pasid \
		nesting-parent,ioas; do
		tph run --iommu "$word" $CAP -- true
		expect_status 2
		one_line_on_stderr
		expect_hint 'ioas.*nesting-parent'
		expect_nothing_issued
	done
}

@test "--iommu where there are no character devices: one line, nothing issued" {
	ONE_LINES='iommu cdev=no' one_device driver=vfio-pci tph=ns,iv st=cap:4
	tph run --iommu ioas $CAP -- true
	expect_status 1
	one_line_on_stderr 'no character device'
	expect_nothing_issued
}
