# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash disable=SC1091,SC2086,SC2154,SC2046
# The tool on a driver that fails, lies, is late and does things by halves: what
# the exit status says must be what the registers show.
. /lib.sh

parameters=/sys/module/tph_liar/parameters
load_vfio && load tph-liar
overlay device=$NVME
bind $NVME tph-liar

# liar PARAMETER VALUE; honest takes all of it back
liar() { echo "$2" >$parameters/$1; }
honest() {
	liar fail 0,0,0,0,0
	liar fails -1
	liar lie 0,0,0,0,0
	liar late 0,0,0,0,0
	liar mode 0
	liar partial -1
	liar partial_error 0
}
# only OPERATION VALUE: a list in which that operation has the value
only() {
	local list="" i=0

	while [ $i -lt 5 ]; do
		[ $i = $1 ] && list=$list,$2 || list=$list,0
		i=$((i + 1))
	done
	echo ${list#,}
}
control() { tph_control $NVME; }
# What set-st is to write: not what one has written already
entry=0
words="cap enable disable get-st set-st"
command_of() {	# command_of OPERATION
	case $1 in
	0) echo cap --owner $NVME ;;
	1) echo enable --owner $NVME ;;
	2) echo disable --owner $NVME ;;
	3) echo get-st --owner --cpus 1 $NVME ;;
	4) echo set-st --owner $NVME $entry=1 ;;
	esac
}

# The state in which an operation is asked for
before() {	# before OPERATION
	honest
	case $1 in
	0 | 1) vfio-tph -q disable --owner $NVME ;;
	2 | 3 | 4) [ "$(control)" = 00000301 ] ||
		vfio-tph -q enable --owner $NVME ;;
	esac
}

# --- 14 errors, 5 operations, 2 ways ---

errors="1:EPERM 4:EINTR 5:EIO 6:ENXIO 11:EAGAIN 12:ENOMEM 13:EACCES 14:EFAULT"
errors="$errors 16:EBUSY 19:ENODEV 22:EINVAL 25:ENOTTY 95:EOPNOTSUPP"
errors="$errors 110:ETIMEDOUT"

for via in group cdev; do
hold $via $NVME
op=0
for word in $words; do
	it "$via: $word fails by each of 14 errors, and is reported"
	before $op
	state=$(control)
	for error_name in $errors; do
		liar fail "$(only $op ${error_name%:*})"
		# Without end it is no error but a loop, which a signal ends.
		[ ${error_name#*:} != EINTR ] || liar fails 3
		run timeout 20 vfio-tph $(command_of $op)
		case $word:${error_name#*:}:$status in
		*:EINTR:0)
			entry=$((entry + 1))
			before $op
			continue ;;
		cap:*:0)
			has "$error_name" "the kernel was not asked" "$error" ;;
		enable:EPERM:7 | enable:EACCES:7 | disable:EPERM:7 | disable:EACCES:7) ;;
		enable:EPERM:* | enable:EACCES:* | disable:EPERM:* | \
			disable:EACCES:* | *:0 | *:12? | *:13? | *:14?)
			complain "$word, $error_name" "a documented error" \
				"$status $error" ;;
		*)
			has "stderr of $word, $error_name" $NVME "$error" ;;
		esac
		same "control after $error_name" $state "$(control)"
	done
	op=$((op + 1))
done
honest
let_go
done

# --- late, and by halves ---

hold group $NVME
it "an operation that takes two seconds is waited for"
before 1
liar late 0,2000,0,0,0
expect_status 0 timeout 20 vfio-tph enable --owner $NVME
same "control" 00000301 "$(control)"

it "a signal meanwhile: the device in hand is done, and the registers show it"
before 1
liar late 0,2000,0,0,0
vfio-tph enable --owner $NVME 3>&- &
tool=$!
sleep 1
kill -TERM $tool
wait $tool
same "control" 00000301 "$(control)"
honest

it "SET_ST that stops after one entry: what stands is told, TPH is off"
before 4
liar partial 1
liar partial_error 5
expect_status 9 timeout 20 vfio-tph set-st --owner $NVME 4-7=2
has "stderr" "4" "$error"
has "stderr" "TPH is off" "$error"
same "control" 00000000 "$(control)"
same "table" "$(tag_of 2 volatile 16) 0000 0000 0000" \
	"$(tph_table $NVME 8 | cut -d ' ' -f 5-8)"

it "SET_ST that reports success after one entry is found out"
before 4
liar partial 1
expect_status 1 timeout 20 vfio-tph set-st --owner $NVME 4-7=3
has "stderr" "entry 5" "$error"

it "SET_ST that does nothing is found out"
before 4
liar lie 0,0,0,0,1
expect_status 1 timeout 20 vfio-tph set-st --owner $NVME 4-7=1
has "stderr" "entry 4" "$error"

honest

# --- all at once ---

it "21 commands at once wait for one another, and none fails"
cat >/tmp/profile.json <<-JSON
	{"version":1,"devices":[{"device":"$NVME","mode":"iv",
	"maps":[{"index":"0-7","cpus":"2"}]}]}
JSON
before 0
pids=""
for i in 0 1 2 3 4 5 6; do
	timeout 60 vfio-tph set-st --owner $NVME $i=$((i % 4)) \
		>/dev/null 2>/tmp/storm.set$i 3>&- &
	pids="$pids $!"
	timeout 60 vfio-tph apply --owner /tmp/profile.json \
		>/dev/null 2>/tmp/storm.apply$i 3>&- &
	pids="$pids $!"
	timeout 60 vfio-tph status $NVME \
		>/dev/null 2>/tmp/storm.status$i 3>&- &
	pids="$pids $!"
done
statuses=""
for pid in $pids; do
	status=0
	wait $pid || status=$?
	statuses="$statuses $status"
	same "status" 0 $status
done
echo "statuses$statuses"
cat /tmp/storm.*

it "and the next command has the device as it wants it"
expect_status 0 vfio-tph apply --owner /tmp/profile.json
expect_status 0 vfio-tph verify --owner /tmp/profile.json
let_go

finish
