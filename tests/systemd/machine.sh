# A Debian machine of its own that boots systemd; sourced.
# shellcheck shell=bash
# shellcheck disable=SC2154
#
# SUITE is its Debian, by default bookworm. $work holds the machine of this run: a tree, created once and cached, under an overlay that is discarded.
# Its only network is its own loopback, so it can use any port.
#
# tree_overlay         the tree with tools and sources, in $work/built
# suite_package        build the package in BUILD/deb-SUITE, with the tools of that Debian
# tree_make DEB        create the cached tree, and download the dependencies of DEB into it; sets $tree
# machine_possible     whether this host can run one; says why not
# machine_start        boot; sets $init, its process 1 as seen from here
# machine_stop         shut down in an orderly way
# machine_end          stop it in any state, and leave nothing behind
# inside COMMAND…      run a command in the machine, as root
# outside COMMAND…     run a program of this host on the network of the machine
# unit_is UNIT STATE   whether its ActiveState is STATE

suite=${SUITE:-bookworm}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tts-provider
base_packages=systemd,systemd-sysv,dbus,procps,iproute2,curl,libnss-systemd
# What films are made with is large: it is in the tree already when the package is installed.
film_packages=(bubblewrap ffmpeg fonts-noto-cjk)
machine=tts-$$
root=$work/root
init=
# Newer versions of systemd refuse the old control groups, which this host may have, unless they are told so.
init_options=(systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1)
[ ! -e /sys/fs/cgroup/cgroup.controllers ] || init_options=()

# The reason why a machine cannot be booted here; nothing if it can.
machine_hindrance() {
	local tool
	[ "$(id -u)" = 0 ] || { echo 'only root can boot a machine'; return; }
	for tool in debootstrap systemd-nspawn nsenter mpg123 jq wrk; do
		command -v $tool >/dev/null || { echo "$tool is not installed"; return; }
	done
	[ -d /sys/fs/cgroup ] && ls /sys/fs/cgroup/* >/dev/null 2>&1 || { echo 'there are no control groups'; return; }
	unshare --mount --pid --fork true 2>/dev/null || echo 'there are no namespaces'
}

# A name that depends on the contents of the tree: another list of packages is another tree.
tree_debian() {
	local name new
	name=$suite-$(sha256sum <<<"$base_packages ${film_packages[*]}" | cut -c 1-12)
	tree=$cache/$name
	mkdir -p "$cache"
	if [ ! -d "$tree" ]; then
		echo "making $tree, once"
		new=$tree.new
		rm -rf --one-file-system "$new"
		debootstrap --variant=minbase --include=$base_packages "$suite" "$new" >"$cache/debootstrap.log" 2>&1 || {
			tail -n 5 "$cache/debootstrap.log"
			return 1
		}
		cp /etc/resolv.conf "$new/etc/resolv.conf"
		DEBIAN_FRONTEND=noninteractive chroot "$new" apt-get install -y --no-install-recommends "${film_packages[@]}" \
			>"$cache/film.log" 2>&1 </dev/null || {
			tail -n 5 "$cache/film.log"
			return 1
		}
		chroot "$new" apt-get clean
		rm -f "$new"/etc/apt/apt.conf.d/docker-clean "$new/etc/machine-id"
		mv "$new" "$tree"
	fi
}

# The tree under an overlay at $work/built with a copy of these sources in /src, for tools that are not to get into the
# machine.
tree_overlay() {
	local top=$work/built
	tree_debian || return
	mkdir -p "$top" "$work/built.upper" "$work/built.work" "$cache/archives-$suite/partial"
	mount -t overlay overlay -o "lowerdir=$tree,upperdir=$work/built.upper,workdir=$work/built.work" "$top" &&
		mount -t proc proc "$top/proc" && mount --bind "$cache/archives-$suite" "$top/var/cache/apt/archives" || return
	cp /etc/resolv.conf "$top/etc/resolv.conf"
	mkdir "$top/src"
	tar -c --exclude-vcs --exclude=./build --exclude=./var --exclude=./node_modules . | tar -x -C "$top/src"
	[ ! -d node_modules/swagger-ui-dist ] ||
		cp -r --parents node_modules/swagger-ui-dist node_modules/.package-lock.json "$top/src"
}

suite_package() {
	local top=$work/built out=$BUILD/deb-$suite
	tree_overlay || return
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		DEB_BUILD_OPTIONS="parallel=$(nproc) noautodbgsym" chroot "$top" sh -ec '
			apt-get update
			apt-get install -y --no-install-recommends build-essential
			cd /src
			apt-get build-dep -y --no-install-recommends .
			dpkg-buildpackage -b -us -uc' >"$cache/build-$suite.log" 2>&1 </dev/null || {
		tail -n 20 "$cache/build-$suite.log"
		return 1
	}
	mkdir -p "$out"
	rm -f "$out"/*.deb
	cp "$top"/*.deb "$out"
}

tree_make() {
	local deb=$1
	tree_debian || return
	fetch "$deb" >"$cache/fetch.log" 2>&1 || {
		chroot "$tree" apt-get update >"$cache/update.log" 2>&1
		fetch "$deb" >"$cache/fetch.log" 2>&1
	} || {
		echo "cannot fetch what the package depends on:"
		tail -n 5 "$cache/fetch.log"
		return 1
	}
}

# The packages that "apt-get install" of the package needs are kept beside the tree's own archives.
fetch() {
	local status
	cp /etc/resolv.conf "$tree/etc/resolv.conf"
	cp "$1" "$tree/package.deb"
	chroot "$tree" apt-get install -y --download-only -o Apt::Keep-Downloaded-Packages=true /package.deb
	status=$?
	rm -f "$tree/package.deb"
	return $status
}

machine_possible() {
	systemd-nspawn -q -D "$tree" --keep-unit --register=no --private-network --machine=$machine --console=pipe \
		true </dev/null >"$cache/try.log" 2>&1 || {
		tail -n 1 "$cache/try.log"
		return 1
	}
}

machine_mount() {
	mkdir -p "$root" "$work/upper" "$work/work"
	mount -t overlay overlay -o "lowerdir=$tree,upperdir=$work/upper,workdir=$work/work" "$root" 2>/dev/null ||
		cp -a "$tree/." "$root/"
	: >"$root/etc/machine-id"
	echo $machine >"$root/etc/hostname"
}

machine_start() {
	local i
	[ -e "$root/etc/hostname" ] || machine_mount
	setsid systemd-nspawn -q -D "$root" -b --keep-unit --register=no --private-network --console=pipe \
		--machine=$machine "${init_options[@]}" </dev/null >>"$work/console" 2>&1 &
	nspawn=$!
	for ((i = 0; i < 600; i++)); do
		init=$(pgrep -P "$nspawn") && inside systemctl is-system-running 2>/dev/null |
			grep -qxE 'running|degraded' && return 0
		kill -0 "$nspawn" 2>/dev/null || break
		sleep 0.1
	done
	echo 'the machine does not boot:'
	tail -n 20 "$work/console"
	return 1
}

machine_stop() {
	local i
	inside systemctl --no-block poweroff
	for ((i = 0; i < 600; i++)); do
		kill -0 "$nspawn" 2>/dev/null || return 0
		sleep 0.1
	done
	echo 'the machine does not shut down'
	return 1
}

machine_end() {
	if [ -n "${nspawn-}" ] && kill -0 "$nspawn" 2>/dev/null; then
		kill -KILL "$init" "$nspawn" 2>/dev/null
		wait "$nspawn" 2>/dev/null
	fi
	umount -l "$root" 2>/dev/null
	[ ! -d "$work/built" ] || umount -R -l "$work/built" 2>/dev/null
	rm -rf --one-file-system "$work"
}

inside() {
	nsenter -t "$init" -a -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root "$@"
}

outside() {
	nsenter -t "$init" -n -- "$@"
}

unit_is() {
	[ "$(inside systemctl show -P ActiveState "$1")" = "$2" ]
}
