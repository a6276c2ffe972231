# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Boots a guest, runs a command in it and collects the results.
#
# Everything of a run is in run/ID in the cache; its subdirectory control is
# shared with the guest (see guest/init).

# A guest that has not started its command by then never will.
readonly BOOT_SECONDS=180

# Space that a run needs, in MiB.
readonly RUN_NEEDS_MB=64

# run_prepare: set run_dir, control.
run_prepare()
{
	local dir fd prepare_lock

	make_dir "$CACHE/run"
	need_space "$CACHE" "$RUN_NEEDS_MB" "a run"
	# One at a time, or one's new directory looks abandoned to another.
	lock_take prepare_lock "$CACHE/run.lock" exclusive "the directory of runs"
	# Runs that were killed outright; one under way holds its lock.
	for dir in "$CACHE"/run/*/; do
		[ -d "$dir" ] || continue
		exec {fd}< "$dir"
		! flock -n -x "$fd" || rm -rf --one-file-system "$dir"
		exec {fd}<&-
	done
	run_dir=$(mktemp -d "$CACHE/run/XXXXXX") || die "cannot write to $CACHE/run (disk full?)"
	exec {run_lock}< "$run_dir"
	flock -s "$run_lock"
	lock_drop prepare_lock
	control=$run_dir/control
	if [ -n "$icount" ]; then accel=icount; else accel_choose; fi
	if ! {
		mkdir "$control" &&
		cp "$VM_DIR/guest/init" "$control/init" &&
		printf '%s\0' "${command[@]}" > "$control/argv" &&
		printf '%s\n' "TERM=${TERM:-dumb}" "TLS_TEST_SLOW=$slow" > "$control/env" &&
		printf 'tls_trace vm %s' "$(< /proc/sys/kernel/random/uuid)" > "$control/end" &&
		initrd_full > "$run_dir/initrd"
	} 2> /dev/null; then
		die "cannot write to $run_dir (disk full?)"
	fi
	[ -z "$share" ] || : > "$control/share"
}

# The root's part and our init; an archive may follow another.
initrd_full()
{
	local tmp=$run_dir/initrd.tmp

	mkdir "$tmp" && cp "$VM_DIR/guest/initramfs" "$tmp/init" &&
		cat "$root_dir/initrd" &&
		(cd "$tmp" && echo init | cpio -o -H newc --quiet)
}

# Commas separate options in QEMU's arguments.
quoted()
{
	printf '%s' "${1//,/,,}"
}

# share_9p TAG DIR OPTIONS
share_9p()
{
	qemu+=(-fsdev "local,id=$1,path=$(quoted "$2"),security_model=none,multidevs=remap$3"
		-device "virtio-9p-pci,fsdev=$1,mount_tag=$1")
}

# qemu_arguments: set qemu. Needs the streams' FIFOs or a console.
qemu_arguments()
{
	local emulated=$APPEND_TCG

	[ "$accel" = tcg ] || emulated=
	qemu=(qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none
		-machine "q35,usb=off" -m "$memory" -smp "$cpus")
	case $accel in
	kvm) qemu+=("${ACCEL_KVM[@]}") ;;
	tcg) qemu+=("${ACCEL_TCG[@]}") ;;
	icount) qemu+=("${ACCEL_ICOUNT[@]}") ;;
	esac
	# The options of each end with the processor.
	[ -z "$bare" ] || qemu[-1]+=$ACCEL_BARE
	qemu+=(-kernel "$root_dir/root/boot/vmlinux-$kernel_version" -initrd "$run_dir/initrd"
		-append "console=ttyS0 loglevel=7 panic=-1 oops=panic log_buf_len=16M modprobe.blacklist=kvm_amd,kvm_intel,ccp,amd64_edac,powernow_k8,acpi_cpufreq $emulated $append"
		-serial "file:$(quoted "$run_dir/console.log")"
		-device virtio-rng-pci -device virtio-serial-pci)
	share_9p root "$root_dir/root" ,readonly=on
	share_9p overlay "$gen_dir/overlay" ,readonly=on
	share_9p repo "$gen_dir/repo" ,readonly=on
	share_9p control "$control" ''
	[ -z "$share" ] || share_9p share "$share" ''
	if [ -n "$console" ]; then
		qemu+=(-chardev "stdio,id=tty,signal=off" -device "virtconsole,chardev=tty")
		return
	fi
	qemu+=(-chardev "stdio,id=in,signal=off" -device "virtserialport,chardev=in,name=in"
		-chardev "file,id=out,path=$(quoted "$run_dir/out")"
		-device "virtserialport,chardev=out,name=out")
	[ -n "$merge" ] ||
		qemu+=(-chardev "file,id=err,path=$(quoted "$run_dir/err")"
			-device "virtserialport,chardev=err,name=err")
}

# pump_start STREAM FD: pass the guest's STREAM on to FD.
pump_start()
{
	setpriv --pdeathsig KILL "$VM_DIR/lib/pump" "$(< "$control/end")" "$control/drained.$1" \
		< "$run_dir/$1" >&"$2" {run_lock}<&- &
	pumps+=($!)
	streams+=("$1")
}

# guest_run: boot, wait, set guest_status and guest_end (ended, crash,
# timeout, boot, pipe).
guest_run()
{
	local stream

	merge='' streams=()
	if [ -n "$console" ]; then
		stty size > "$control/console"
		terminal=$(stty -g)
	else
		# Two streams into one file keep their order only as one.
		[ ! /dev/fd/1 -ef /dev/fd/2 ] || { merge=1; : > "$control/merge"; }
		mkfifo "$run_dir/in" "$run_dir/out" "$run_dir/err" || die "cannot make FIFOs in $run_dir"
		pump_start out 1
		[ -n "$merge" ] || pump_start err 2
	fi
	qemu_arguments
	# QEMU makes a file it reads non-blocking: not the caller's, a FIFO.
	if [ -n "$console" ]; then
		setpriv --pdeathsig KILL "${qemu[@]}" 2> "$run_dir/qemu.log" <&0 &
	else
		setpriv --pdeathsig KILL cat <&0 > "$run_dir/in" 2> /dev/null {run_lock}<&- &
		feeder=$!
		setpriv --pdeathsig KILL "${qemu[@]}" > "$run_dir/qemu.log" 2>&1 < "$run_dir/in" &
	fi
	qemu_pid=$!
	guest_watch {run_lock}<&- &
	watcher=$!
	# Without a word from the shell when the watcher has killed it.
	{ wait "$qemu_pid" || :; } 2> /dev/null
	qemu_pid=
	kill "$watcher" ${feeder:+"$feeder"} 2> /dev/null || :
	# A pump whose stream was never opened waits for that.
	for stream in "${streams[@]}"; do
		: <> "$run_dir/$stream"
	done
	[ ${#pumps[@]} = 0 ] || wait "${pumps[@]}" || :
	[ -z "$console" ] || stty "$terminal"

	guest_status=$(cat "$control/status" 2> /dev/null || :)
	guest_end=ended
	if [ -z "$guest_status" ]; then
		guest_end=$(cat "$run_dir/reason" 2> /dev/null || echo crash)
	fi
}

# QEMU has exited, though perhaps nobody has waited for it yet.
qemu_ended()
{
	local state

	state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$qemu_pid/status" 2> /dev/null) || :
	[ -z "$state" ] || [ "$state" = Z ]
}

# In the background: end a guest that does not boot or end, or whose output
# nobody reads.
guest_watch()
{
	local start=$SECONDS started='' gone i

	while sleep 0.5; do
		# The runner is gone, and its guest with it.
		kill -0 $$ 2> /dev/null || return
		if [ -z "$started" ] && [ -e "$control/started" ]; then
			started=1
			start=$SECONDS
		fi
		if [ -z "$started" ] && [ $((SECONDS - start)) -ge $((BOOT_SECONDS * slow)) ]; then
			echo boot > "$run_dir/reason"
		elif [ -n "$started" ] && [ $((SECONDS - start)) -ge "$timeout" ]; then
			echo timeout > "$run_dir/reason"
		else
			gone=
			for i in "${!pumps[@]}"; do
				kill -0 "${pumps[i]}" 2> /dev/null ||
					[ -e "$control/drained.${streams[i]}" ] || gone=1
			done
			if [ -n "$gone" ]; then
				# A QEMU that ends takes its pumps along.
				sleep 0.5
				! qemu_ended || return
				echo pipe > "$run_dir/reason"
			fi
		fi
		if [ -e "$run_dir/reason" ]; then
			kill -KILL "$qemu_pid" 2> /dev/null
			return
		fi
	done
}

# guest_report: say how it ended; set exit_status.
guest_report()
{
	local log=$run_dir/dmesg found judged=0

	if [ "$guest_end" = ended ]; then
		kmsg_text "$control/kmsg" > "$log"
		found=$("$VM_DIR/lib/kernel-log" --begin "$(< "$control/end") begin" \
			--end "$(< "$control/end") end" --taint "$(< "$control/tainted")" "$log") || judged=$?
	else
		tr -d '\r' < "$run_dir/console.log" > "$log"
	fi
	[ -z "$log_file" ] || cp "$log" "$log_file" || say "cannot write $log_file"
	case $guest_end in
	ended)
		exit_status=$guest_status
		[ "$judged" != 0 ] || return 0
		printf '%s\n' "$found" >&2
		exit_status=$EX_KERNEL_LOG
		say "the kernel log holds a warning (the command's status was $guest_status); log: $(keep "$log")"
		;;
	timeout)
		exit_status=$EX_TIMEOUT
		say "no end after $timeout s (--timeout); guest stopped; log: $(keep "$log")"
		;;
	boot)
		exit_status=$EX_CRASH
		say "the guest did not start within $((BOOT_SECONDS * slow)) s; log: $(keep "$log")"
		;;
	pipe)
		exit_status=141
		;;
	crash)
		exit_status=$EX_CRASH
		need_space "$CACHE" 1 "a guest that can report"
		if [ -s "$run_dir/qemu.log" ]; then
			say "QEMU: $(tail -n 1 "$run_dir/qemu.log")"
		fi
		crash_lines "$log" >&2
		if "$VM_DIR/lib/kernel-log" "$log" > /dev/null; then
			say "the guest ended without a status, switched off or killed; log: $(keep "$log")"
		else
			say "the guest crashed; log: $(keep "$log")"
		fi
		;;
	esac
}

# crash_lines LOG: from the first complaint on, or the last lines.
crash_lines()
{
	local lines

	lines=$("$VM_DIR/lib/kernel-log" "$1") || :
	if [ -n "$lines" ]; then
		head -n 40 <<< "$lines"
	else
		tail -n 15 "$1"
	fi
}

# keep FILE: move it to the logs; print where it is.
keep()
{
	local to

	to=$(log_path "kernel-$cell-$(date +%Y%m%d-%H%M%S)-$$")
	mv "$1" "$to" && printf '%s' "$to"
}

# kmsg_text FILE: records of /dev/kmsg as dmesg prints them.
kmsg_text()
{
	LC_ALL=C awk '
		/^ / || !match($0, /;/) { next }
		{
			split(substr($0, 1, RSTART - 1), field, ",")
			text = substr($0, RSTART + 1)
			gsub(/\\x0a/, "\n", text)
			gsub(/\\x5c/, "\\", text)
			printf "[%5d.%06d] %s\n", int(field[3] / 1000000), field[3] % 1000000, text
		}' "$1"
}

run_cleanup()
{
	[ -z "${qemu_pid:-}" ] || kill -KILL "$qemu_pid" 2> /dev/null || :
	kill ${watcher:+"$watcher"} ${feeder:+"$feeder"} "${pumps[@]}" 2> /dev/null || :
	[ -z "${terminal:-}" ] || stty "$terminal" 2> /dev/null || :
	[ -z "${run_dir:-}" ] || rm -rf --one-file-system "$run_dir"
}
