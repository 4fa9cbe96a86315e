# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154
# apply to two devices, and each of its calls to the kernel fails in its turn:
# once, so that what was there before can be put back, and from then on, so
# that it cannot. What the message says is compared with the registers and
# the entries. The call that fails is refused by strace; all others are the
# kernel's own work.
. /lib.sh

load_vfio && load tph-vfio-pci
overlay device=$NVME,$FAR location=capability,msix
bind $NVME tph-vfio-pci
bind $FAR tph-vfio-pci

cat >/tmp/profile.json <<END
{ "version": 1, "devices": [
  { "device": "$NVME", "mode": "ds", "maps": [ { "index": "0-3", "cpus": "3,2,1,0" } ] },
  { "device": "$FAR", "mode": "ds", "maps": [ { "index": "0-3", "cpus": "3,2,1,0" } ] } ] }
END

# Control register and entries, without the tool
state_of() {
	case $1 in
	"$NVME") echo "$(setpci -s $1 ECAP_TPH+8.L) $(tph_table $1 5)" ;;
	*) echo "$(setpci -s $1 ECAP_TPH+8.L) $(msix_table $1 5)" ;;
	esac
}
state() { echo "00000$1 $(tags_of "$2" volatile 16 $3) 0000"; }
before_of() {
	case $1 in
	"$NVME") state 301 "0 1 2 3" ;;
	*) state 301 "0 1 2 3" far ;;
	esac
}
wanted_of() {
	case $1 in
	"$NVME") state 302 "3 2 1 0" ;;
	*) state 302 "3 2 1 0" far ;;
	esac
}

begin_anew() {
	local device

	for device in $NVME $FAR; do
		[ "$(state_of $device)" != "$(before_of $device)" ] || continue
		vfio-tph -q disable --owner $device >/dev/null
		vfio-tph -q set-st --owner --mode iv $device 0-3=0-3 >/dev/null
		same "$device to begin with" "$(before_of $device)" \
			"$(state_of $device)"
	done
}

# apply_failing WHEN: calls that fail, as strace has it
apply_failing() {
	run strace -o /tmp/trace -e trace=ioctl \
		-e inject=ioctl:error=EIO:when=$1 \
		vfio-tph -q apply --owner /tmp/profile.json
}

# judge_device DEVICE STEP: is it as was said? Counts what was said.
judge_device() {
	local said is

	said=$(echo "$error" | grep "^vfio-tph: $1: ")
	is=$(state_of $1)
	case $said in
	"")
		same "$1, step $2, nothing was said" "$(wanted_of $1)" "$is"
		return ;;
	*"; put back as it was before (on, mode iv)")
		put_back=$((put_back + 1))
		same "$1, step $2: $said" "$(before_of $1)" "$is" ;;
	*"; could not be put back: TPH is off now")
		lost=$((lost + 1))
		same "$1, step $2: $said" 00000000 "${is%% *}" ;;
	*"; could not be put back: TPH is on, mode iv now")
		lost=$((lost + 1))
		same "$1, step $2: $said" 00000301 "${is%% *}" ;;
	*"; could not be put back: TPH is on, mode ds now")
		lost=$((lost + 1))
		same "$1, step $2: $said" 00000302 "${is%% *}" ;;
	*)
		untouched=$((untouched + 1))
		same "$1, step $2: $said" "$(before_of $1)" "$is" ;;
	esac
	failed=$((failed + 1))
}

# judge_step STEP
judge_step() {
	local failed=0

	judge_device $NVME $1
	judge_device $FAR $1
	case $failed in
	0) same "exit status, step $1" 0 $status ;;
	1) same "exit status, step $1" 9 $status ;;
	2) case $status in
		0) complain "exit status, step $1" "not 0" 0 ;;
		esac ;;
	esac
	[ $failed != 1 ] || others_done=$((others_done + 1))
}

# Once by group, for good by character device: what differs between the two
# is over before apply begins to change something.
for via in group cdev; do
[ $via = group ] && form= || form=+

it "$via: apply without a failure, and how many calls it is"
hold $via $NVME,$FAR 4
vfio-tph -q set-st --owner --mode iv $NVME 0-3=0-3 >/dev/null
vfio-tph -q set-st --owner --mode iv $FAR 0-3=0-3 >/dev/null
begin_anew
run strace -o /tmp/trace -e trace=ioctl vfio-tph -q apply --owner /tmp/profile.json
same "exit status" 0 $status
same "$NVME" "$(wanted_of $NVME)" "$(state_of $NVME)"
same "$FAR" "$(wanted_of $FAR)" "$(state_of $FAR)"
steps=$(grep -c '^ioctl(' /tmp/trace)
echo "# $steps calls" >&3

it "$via: step k of $steps fails${form:+, and all that follow}: what is said is what stands"
put_back=0 lost=0 untouched=0 others_done=0
k=1
while [ $k -le $steps ]; do
	begin_anew
	apply_failing $k$form
	judge_step $k$form
	k=$((k + 1))
done
echo "# put back $put_back times, not so $lost times, failed before a change $untouched times; the other device was done $others_done times" >&3
# Each of these has to have come up, or nothing was tested.
if [ $via = group ]; then
	[ $put_back -ge 4 ] || complain "put back" "4 times or more" $put_back
	[ $others_done -ge 8 ] ||
		complain "other device done" "8 times or more" $others_done
else
	[ $lost -ge 4 ] || complain "not put back" "4 times or more" $lost
fi
let_go
done

finish
