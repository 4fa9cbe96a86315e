# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Fresh Debian systems in directories, for the checks that need one. Sourced;
# needs root, debootstrap, git and unshare. Of this machine it uses apt's mirror,
# apt's own settings of the network, and the CA certificates.

# Messages begin with the name of the script that sources this.
say() { echo "${0##*/}: $*"; }
die() { echo "${0##*/}: $*" >&2; exit 2; }

# fresh_check PROGRAM...: that the caller needs besides. Exits with 77, which
# is "skipped" to the tests, where it is not root's to make systems.
fresh_check() {
	local name

	((EUID == 0)) || {
		say "skipped: needs root"
		exit 77
	}
	for name in debootstrap unshare "$@"; do
		command -v "$name" >/dev/null || die "install $name"
	done
}

# fresh_repositories RELEASE: lines "URI SUITE COMPONENTS" of Debian's own
# repositories, as apt has them for this machine's release. For another one,
# those that are at the same place.
fresh_repositories() {
	local own

	# shellcheck source=/dev/null
	own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	# shellcheck disable=SC2016	# apt's own $(...)
	apt-get indextargets --format \
		'$(REPO_URI) $(SUITE) $(CODENAME) $(COMPONENT)' \
		'Created-By: Packages' 'Origin: Debian' |
		awk -v r="$1" -v own="$own" '
			$4 != "main" || $3 !~ "^" own { next }
			r == own { print $1, $3, $4; next }
			$3 !~ "-security$" { sub("^" own, r, $3); print $1, $3, $4 }' |
		sort -u
}

fresh_mirror() {	# fresh_mirror RELEASE
	fresh_repositories "$1" |
		awk -v r="$1" '$2 == r { print $1; exit }'
}

# fresh_make RELEASE ROOT [OPTION...]: debootstrap, with these options beside.
# A system that fresh_make made before and that is complete is left as it is.
fresh_make() {
	local release=$1 root=$2 uri

	shift 2
	[[ ! -e $root/.made ]] || return 0
	[[ ! -e $root ]] || die "$root is there and is none of ours"
	uri=$(fresh_mirror "$release")
	[[ $uri ]] || die "apt knows no mirror of Debian $release"
	say "debootstrap of $release into $root"
	mkdir -p "${root%/*}"
	debootstrap --variant=minbase "$@" "$release" "$root" "$uri" \
		>"$root.log" 2>&1 || {
		tail -n 20 "$root.log" >&2
		die "debootstrap failed"
	}
	fresh_repositories "$release" | sed 's/^/deb /' \
		>"$root/etc/apt/sources.list"
	apt-config dump Acquire >"$root/etc/apt/apt.conf.d/90host"
	if [[ -r /etc/ssl/certs/ca-certificates.crt ]]; then
		mkdir -p "$root/etc/ssl/certs"
		cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
	fi
	cp -L /etc/resolv.conf "$root/etc/resolv.conf"
	touch "$root/.made"
}

# fresh_suite ROOT SUITE: one more suite of the same mirror
fresh_suite() {
	local line

	line="deb $(fresh_mirror "${2%%-*}") $2 main"
	grep -qxF "$line" "$1/etc/apt/sources.list" ||
		echo "$line" >>"$1/etc/apt/sources.list"
}

# fresh_project ROOT: the project's tree into /root/vfio-tph there: what git
# has or would take, without git's own.
fresh_project() {
	local there=$1/root/vfio-tph

	rm -rf "${there:?}"
	mkdir -p "$there"
	fresh_tree | tar -x -C "$there"
}

# The tree as an archive: files that are tracked or new, not what is ignored.
fresh_tree() {
	# shellcheck disable=SC2016	# for the shell inside
	git ls-files -z --cached --others --exclude-standard |
		xargs -0 sh -c 'for f; do [ ! -e "$f" ] || printf "%s\0" "$f"; done' _ |
		tar -c --null -T -
}

# fresh_another ROOT COPY: the same system again, to be spoilt
fresh_another() {
	rm -rf --one-file-system "$2"
	cp -a --reflink=auto "$1" "$2"
}

# fresh_install ROOT PACKAGE...: what apt has to say goes to ROOT.log
fresh_install() {
	local root=$1

	shift
	fresh_inside "$root" apt-get -qq install -y --no-install-recommends \
		"$@" >>"$root.log" 2>&1 || {
		tail -n 20 "$root.log" >&2
		die "cannot install $*"
	}
}

# fresh_beside ROOT COMMAND...: run it outside, in a mount and PID namespace that
# takes everything away again, in which the system has what the kernel gives:
# /proc; /sys for reading only (a test reads the CPUs and nodes that there are);
# /dev/pts (another looks at colours on a terminal). Its root directory is a mount
# point, as it is on any machine: ip netns wants that.
fresh_beside() {
	# shellcheck disable=SC2016	# for the shell inside
	unshare --mount --pid --fork -- bash -c '
		root=$1; shift
		mount --bind "$root" "$root" || exit
		mount -t proc proc "$root/proc" || exit
		mount -t sysfs -o ro sysfs "$root/sys" || exit
		mount -t devpts -o newinstance,ptmxmode=0666 devpts \
			"$root/dev/pts" || exit
		exec "$@"' bash "$@"
}

# fresh_inside ROOT COMMAND...: run it in /root/vfio-tph there, or / if that is
# not there, with an environment of its own, and what fresh_beside gives.
fresh_inside() {
	local root=$1 proxies=() name

	shift
	for name in http_proxy https_proxy no_proxy; do
		[[ ! ${!name:-} ]] || proxies+=("$name=${!name}")
	done
	say "in ${root##*/}: $*" >&2
	# shellcheck disable=SC2016	# for the shell inside
	fresh_beside "$root" chroot "$root" \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
		LANG=C.UTF-8 CI=true DEBIAN_FRONTEND=noninteractive \
		"${proxies[@]}" \
		bash -c '! [ -d /root/vfio-tph ] || cd /root/vfio-tph; "$@"' \
		bash "$@" </dev/null
}
