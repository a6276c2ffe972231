# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# How the guest's processor is made: KVM where it can boot the kernel, else
# emulation. That /dev/kvm opens proves nothing (nested virtualisation), so a
# kernel is booted once per boot of the host.

# QEMU options for each.
readonly ACCEL_KVM=(-accel kvm -cpu host)
# With la57, KASAN reports itself in early boot and then hides real reports.
# One thread for all processors: with one for each, QEMU before 8.1 may translate code
# that another processor changes, and keep what it was. Then a kernel whose static keys
# and calls change, as they do with every event that is switched on, dies of an int3
# that is not there any more.
readonly ACCEL_TCG=(-accel 'tcg,thread=single' -cpu 'max,la57=off')
# The kernel takes TSCs for unsynchronized, which these are not, and its mitigations are
# for processors that speculate. Its test of the timer counts ticks in a time that a
# guest may not get on a busy host; then it panics.
readonly APPEND_TCG='tsc=reliable no_timer_check mitigations=off norandmaps'
# Guest time is the count of instructions executed.
readonly ACCEL_ICOUNT=(-accel 'tcg,thread=single' -icount 'shift=0,sleep=on' -cpu 'max,la57=off')
# As a real machine: in a guest the kernel, and the module with it, trusts a TSC less.
readonly ACCEL_BARE=,-hypervisor

readonly KVM_PROBE_SECONDS=5

# accel_choose: set accel to kvm or tcg. Needs run_dir.
accel_choose()
{
	local known boot

	boot=$(< /proc/sys/kernel/random/boot_id)
	make_dir "$CACHE/accel"
	known=$CACHE/accel/$boot-$(basename "$root_dir")
	accel=$(cat "$known" 2> /dev/null || :)
	case $accel in
	kvm | tcg) return 0 ;;
	esac
	accel=tcg
	! kvm_boots || accel=kvm
	find "$CACHE/accel" -type f ! -name "$boot-*" -delete
	echo "$accel" > "$known.$$" && mv "$known.$$" "$known"
}

# Without a root to mount, a kernel that boots panics.
kvm_boots()
{
	local log=$run_dir/kvm.log

	[ -w /dev/kvm ] || return 1
	# In a shell of its own, which keeps quiet when QEMU aborts.
	bash -c '"$@" || :' bash timeout -k 1 $((KVM_PROBE_SECONDS * slow)) qemu-system-x86_64 "${ACCEL_KVM[@]}" -m 512 \
		-nodefaults -no-user-config -no-reboot -display none -serial "file:$(quoted "$log")" \
		-kernel "$root_dir/root/boot/vmlinux-$kernel_version" \
		-append "console=ttyS0 panic=-1" > /dev/null 2>&1 < /dev/null
	grep -aq 'Unable to mount root fs' "$log" 2> /dev/null
}
