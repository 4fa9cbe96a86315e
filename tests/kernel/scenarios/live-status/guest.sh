# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2046,SC2086,SC2154
# What status and list show, against what lspci and setpci read of config
# space, what stands in the device's memory, and what the kernel says of
# interrupts. Nothing that is expected comes from the tool.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$NIC,$FAR location=capability,msix,msix size=20,0,0 \
	modes=7,3,7 extended=Y,N,Y completer=3,1,3
for device in $NVME $NIC $FAR; do
	bind $device tph-vfio-pci
done

# byte BDF OFFSET: of what lspci -xxxx printed into /tmp/lspci.x
byte() {
	awk -v at="$(printf '%x' $(($2 & ~15))):" -v i=$(($2 % 16 + 2)) \
		-v bdf="$1" '
		/^[0-9a-f]+:[0-9a-f]+:/ { on = $1 == bdf; next }
		on && ($1 == at || $1 == "0" at) { print $i; exit }' /tmp/lspci.x
}
word() { echo "$(byte $1 $(($2 + 1)))$(byte $1 $2)"; }

# The table as lspci -xxxx has it: tph_at by sysfs, the bytes by lspci
lspci_table() {
	local at i=0 line=""

	lspci -D -s $1 -xxxx >/tmp/lspci.x
	at=$(($(tph_at $1) + 12))
	while [ $i -lt $2 ]; do
		line="$line $(word $1 $((at + 2 * i)))"
		i=$((i + 1))
	done
	echo ${line# }
}

entries_of() {	# how many entries the table has, from the registers
	case $1 in
	"$NVME") echo $((((0x$(setpci -s $1 ECAP_TPH+4.L) >> 16) & 0x7ff) + 1)) ;;
	*) echo $(((0x$(setpci -s $1 CAP_MSIX+2.W) & 0x7ff) + 1)) ;;
	esac
}
table_of() {
	case $1 in
	"$NVME") lspci_table $1 $(entries_of $1) ;;
	*) msix_table $1 $(entries_of $1) ;;
	esac
}

# The CPUs of a tag, by the arithmetic of tags.asl
cpu_of() {	# cpu_of TAG WIDTH [far]
	local cpu

	[ $1 != 0000 ] || return 0
	for cpu in 0 1 2 3; do
		[ "$(tag_of $cpu volatile $2 $3)" != "$1" ] || echo $cpu
	done
}

# What status has to print of each entry, from other sources
expected_rows() {	# expected_rows DEVICE WIDTH [far]
	local i=0 tag cpu irq irq_cpu mark vectors

	vectors=$(grep -F "($1)" /proc/interrupts)
	for tag in $(table_of $1); do
		cpu=$(cpu_of $tag $2 $3)
		irq=
		case $vectors in
		*"vfio-msix[$i]($1)"*) irq=$(irq_of $1 $i) ;;
		esac
		irq_cpu=
		mark=-
		if [ -n "$irq" ]; then
			irq_cpu=$(cat /proc/irq/$irq/effective_affinity_list)
			# CPUs 0 and 1 are on node 0, 2 and 3 on node 1.
			[ -z "$cpu" ] || [ $((cpu / 2)) = $((irq_cpu / 2)) ] ||
				mark=other-node
		fi
		echo "$i $(printf '0x%x' 0x$tag) ${cpu:--} ${irq:--} ${irq_cpu:--} $mark"
		i=$((i + 1))
	done
}

status_agrees() {	# status_agrees DEVICE WIDTH [far]
	local control enabled mode requester

	expect_status 0 vfio-tph status --owner --noheadings --raw \
		--output INDEX,TAG,CPUS,IRQ,IRQ-CPU,MARK $1
	same "entries of $1" "$(expected_rows "$@")" "$output"
	control=0x$(setpci -s $1 ECAP_TPH+8.L)
	enabled=false mode=null
	if [ $((control >> 8 & 3)) != 0 ]; then
		enabled=true
		mode=$(echo '"ns" "iv" "ds"' | cut -d' ' -f$(((control & 7) + 1)))
	fi
	requester=$(echo none tph reserved extended |
		cut -d' ' -f$(((control >> 8 & 3) + 1)))
	expect_status 0 vfio-tph --json status --owner $1
	same "state of $1" "[$enabled,$mode,\"$requester\",$holder_pid]" \
		"$(json '.devices[0] | [.state.enabled, .state.mode, .state.requester, .owner.pid]')"
}

for via in group cdev; do
for device in $NVME $NIC $FAR; do
case $device in
"$NIC") width=8 far= ;;
"$FAR") width=16 far=far ;;
*) width=16 far= ;;
esac

it "$via, $device: status entry by entry, off, programmed, and with an entry of the wrong node"
hold $via $device 4
for i in 0 1 2 3; do
	send_irq $device $i $((3 - i))
done
expect_status 0 vfio-tph status --owner --noheadings --raw --output TAG $device
same "entries of a device that is off" \
	"$(printf '0x%x\n' $(table_of $device | sed 's/[^ ]*/0x&/g'))" "$output"
expect_status 0 vfio-tph set-st --owner --mode iv $device 0-3=3,2,1,0
status_agrees $device $width $far
expect_status 0 vfio-tph set-st --owner $device 1=0 3=3
status_agrees $device $width $far
same "marks" 2 "$(vfio-tph status --owner --noheadings --raw --output MARK \
	$device | grep -c other-node)"

it "$via, $device: what setpci writes behind the tool's back is what status shows"
if [ $device = $NVME ]; then
	setpci -s $device ECAP_TPH+0c.W=1234 ECAP_TPH+32.W=$(tag_of 2 volatile 16)
	same "the last entry" $(tag_of 2 volatile 16) \
		"$(table_of $device | cut -d' ' -f20)"
	status_agrees $device $width $far
fi
expect_status 0 vfio-tph disable --owner $device
expect_status 0 vfio-tph --json status $device
same "state" false "$(json '.devices[0].state.enabled')"
same "control" 00000000 "$(setpci -s $device ECAP_TPH+8.L)"
let_go

done
done

# --- list against lspci, on every function of the machine ---

# field NAME PATTERN: of the function in /tmp/one
line_of() { sed -n "s/^[[:space:]]*$1 *//p" /tmp/one | head -n 1; }

# What list has to show of a function: from lspci -vvv and its bytes
expected_list() {
	local modes=- table=- state=- requester=- completer=- at register control
	local bdf=$1 driver group node port path owner=-

	lspci -D -vvv -s $bdf >/tmp/one 2>/dev/null
	lspci -D -xxxx -s $bdf >/tmp/lspci.x 2>/dev/null
	driver=$(line_of 'Kernel driver in use:')
	group=$(line_of 'IOMMU group:')
	node=$(line_of 'NUMA node:')
	path=$(lspci -D -PP -s $bdf | cut -d' ' -f1)
	port=-
	case $path in
	*/*) port=${path%%/*} ;;
	esac
	if grep -q "Transaction Processing Hints" /tmp/one; then
		at=$(tph_at $bdf)
		register=0x$(word $bdf $((at + 6)))$(word $bdf $((at + 4)))
		control=0x$(word $bdf $((at + 10)))$(word $bdf $((at + 8)))
		modes=ns
		! grep -q "Interrupt vector mode supported" /tmp/one ||
			modes=$modes,iv
		! grep -q "Device specific mode supported" /tmp/one ||
			modes=$modes,ds
		if grep -q "Steering table in TPH capability" /tmp/one; then
			table=capability:$(((register >> 16 & 0x7ff) + 1))
		elif grep -q "Steering table in MSI-X table" /tmp/one; then
			table=msi-x:$(sed -n 's/.*MSI-X: .*Count=\([0-9]*\).*/\1/p' /tmp/one)
		else
			table=none
		fi
		requester=$(echo none tph reserved extended |
			cut -d' ' -f$(((control >> 8 & 3) + 1)))
		state=off
		[ $requester = none ] ||
			state=$(echo ns iv ds | cut -d' ' -f$(((control & 7) + 1)))
	fi
	if [ $port != - ]; then
		lspci -D -vvv -s $port >/tmp/port 2>/dev/null
		completer=-
		if grep -q "Root Port" /tmp/port; then
			completer=none
			! grep -q "TPHComp+" /tmp/port || completer=tph
			! grep -q "ExtTPHComp+" /tmp/port || completer=extended
		fi
	fi
	[ "$bdf" != "$held" ] || owner="$holder_pid\\x20holder"
	echo "$bdf $(lspci -n -s $bdf | cut -d' ' -f3) ${driver:--} ${node:--} ${group:--} $port $modes $table $completer $requester $state $owner"
}

list_agrees() {
	expect_status 0 vfio-tph list --all --noheadings --raw --output \
		ADDRESS,ID,DRIVER,NODE,GROUP,PORT,MODES,TABLE,COMPLETER,REQUESTER,STATE,OWNER
	same "functions" "$(lspci -D | cut -d' ' -f1)" \
		"$(echo "$output" | cut -d' ' -f1)"
	same "list" "$(for bdf in $(lspci -D | cut -d' ' -f1); do
		expected_list $bdf
	done)" "$output"
}

it "list agrees with lspci on every function, with TPH on in one"
hold cdev $FAR 4
held=$FAR
expect_status 0 vfio-tph set-st --owner --mode ds $FAR 0=1
list_agrees
expect_status 0 vfio-tph list --noheadings --raw --output ADDRESS
same "functions with TPH" "$(lspci -D -vvv 2>/dev/null | awk '/^[0-9a-f]/ { bdf = $1 }
	/Transaction Processing Hints/ { print bdf }')" "$output"

it "list agrees with lspci after it is off again, and from what lspci -vvv -xxxx wrote"
let_go
held=
list_agrees
lspci -D -vvv -xxxx >/tmp/dump 2>/dev/null
expect_status 0 vfio-tph list --all --noheadings --raw --output \
	ADDRESS,ID,DRIVER,GROUP,MODES,TABLE,REQUESTER,STATE
# lspci has no line for a function without a driver: not known, not none.
here=$(echo "$output" | sed -E 's/^([^ ]+ [^ ]+) - /\1 ? /')
expect_status 0 vfio-tph list --from /tmp/dump --all --noheadings --raw \
	--output ADDRESS,ID,DRIVER,GROUP,MODES,TABLE,REQUESTER,STATE
same "list from a dump" "$here" "$output"

it "metrics agree with the registers"
hold group $NVME 3
expect_status 0 vfio-tph set-st --owner $NVME 0-6=1
expect_status 0 vfio-tph metrics $NVME
metric() { echo "$output" | sed -n "s/^vfio_tph_device_$1{.*} //p"; }
same "entries" "$(entries_of $NVME)" "$(metric table_entries)"
same "programmed" "$(table_of $NVME | tr ' ' '\n' | grep -vc 0000)" \
	"$(metric table_entries_programmed)"
same "vectors" "$(grep -c "vfio-msix.*$NVME" /proc/interrupts)" \
	"$(metric vectors_allocated)"
same "enabled" 1 "$(metric enabled)"
same "held" 1 "$(metric held)"
let_go

finish
