# SPDX-License-Identifier: GPL-2.0
#
# Sum up one program's KTAP output (that of any kselftest_harness.h).
#
# Output, for ./run: the line "PASSED FAILED SKIPPED", six numbers more: the same of
# the tests with the ULP tls and of those with tls_trace. Then for people a line for
# each failed test, with the first lines of its errors, for each test that had
# another result with the other ULP, and for each reason of skips. "broken" says what
# was wrong with the program itself: not a test's failure, but counted as one.
#
# A test is FIXTURE.VARIANT.TEST; the variants of a pair end in _tls and _trace. A
# fixture that has none with tls is about tls_trace alone, and has no pairs.

# The test's result: passed, failed, skipped, or known: a bug that failed it
function result(name, what,   part, ulp)
{
	if (split(name, part, ".") != 3 || !match(part[2], /(^|_)(tls|trace)$/))
		return
	ulp = part[2] ~ /tls$/ ? "tls" : "trace"
	sub(ulp "$", "*", part[2])
	name = part[1] "." part[2] "." part[3]
	got[name, ulp] = what
	if (!(name in fixture))
		pair[++pairs] = name
	fixture[name] = part[1]
	if (ulp == "tls")
		both[part[1]] = 1
}

# What differs between the ULPs. Where one of the two failed, that counts already.
function compare(   i, name, one, other, none)
{
	# A program that was told which tests to run has no results of others.
	none = ENVIRON["TLS_TEST_ONLY"] == "" ? "no such test" : "not selected"
	for (i = 1; i <= pairs; i++) {
		name = pair[i]
		if (!(fixture[name] in both))
			continue
		one = (name, "tls") in got ? got[name, "tls"] : none
		other = (name, "trace") in got ? got[name, "trace"] : none
		count["tls", one == "known" ? "skipped" : one]++
		count["trace", other == "known" ? "skipped" : other]++
		# Some bugs of kernels show at times only.
		if (one == "known" && other == "passed" || \
		    one == "passed" && other == "known")
			continue
		if (one == other || one == "not selected" || other == "not selected" || \
		    broken != "")
			continue
		if (one != "failed" && other != "failed")
			failed++
		text = text "  DIFFERENT " name ": with tls " one ", with tls_trace " \
		       other "\n"
	}
}

function flush_errors(   i)
{
	for (i = 1; i <= nerr && i <= 5; i++)
		text = text "      " err[i] "\n"
}

# Reasons first without, then with the name: "ok 3 # SKIP why", "ok 3 name # SKIP why"
/^ok [0-9]+.*# SKIP/ {
	results++
	reason = $0
	sub(/^.*# SKIP */, "", reason)
	name = $0
	sub(/^ok [0-9]+ (- )?/, "", name)
	sub(/ *# SKIP.*/, "", name)
	result(name == "" ? running : name,
	       reason == "not selected" ? reason : "skipped")
	if (reason != "not selected") {
		skipped++
		if (!(reason in why))
			order[++reasons] = reason
		why[reason]++
	}
	nerr = 0
	next
}

# What is known to fail does: counts as not tested, for that reason.
/^ok [0-9]+.*# XFAIL/ {
	results++
	skipped++
	reason = $0
	sub(/^.*# XFAIL */, "", reason)
	name = $0
	sub(/^ok [0-9]+ (- )?/, "", name)
	sub(/ *# XFAIL.*/, "", name)
	result(name, "known")
	if (!(reason in why))
		order[++reasons] = reason
	why[reason]++
	nerr = 0
	next
}

# It does not: the list of what is known is out of date.
/^ok [0-9]+.*# XPASS/ {
	results++
	failed++
	name = $0
	sub(/^ok [0-9]+ (- )?/, "", name)
	reason = name
	sub(/ *# XPASS.*/, "", name)
	sub(/^.*# XPASS */, "", reason)
	result(name, "failed")
	text = text "  FAILED " name ": passes in spite of a " reason "\n"
	nerr = 0
	next
}

/^ok [0-9]+/ {
	results++
	passed++
	name = $0
	sub(/^ok [0-9]+ (- )?/, "", name)
	result(name, "passed")
	nerr = 0
	next
}

/^not ok [0-9]+/ {
	results++
	failed++
	name = $0
	sub(/^not ok [0-9]+ (- )?/, "", name)
	result(name, "failed")
	text = text "  FAILED " name "\n"
	flush_errors()
	nerr = 0
	next
}

/^1\.\.[0-9]+/ {
	plan = substr($1, 4) + 0
	planned = 1
	if (plan == 0) {
		reason = $0
		if (sub(/^.*# SKIP */, "", reason) && reason != "not selected") {
			skipped++
			order[++reasons] = reason
			why[reason]++
		}
	}
	next
}

/^Bail out!/ {
	bailed = $0
	next
}

# What was printed before is of no test, or of one that has ended.
/^# +RUN / {
	running = $3
	nerr = 0
}

# Errors come before the result they explain.
/^# +(RUN|OK|FAIL|SKIP) / { next }
/^# / && planned { err[++nerr] = substr($0, 3) }

END {
	if (bailed != "")
		broken = bailed
	else if (!planned)
		broken = "the program printed no plan"
	else if (results < plan)
		broken = "the program ended after " results + 0 " of " plan \
			 " tests"
	if (broken != "") {
		failed++
		text = text "  FAILED: " broken "\n"
		flush_errors()
	}
	compare()
	printf "%d %d %d", passed, failed, skipped
	printf " %d %d %d", count["tls", "passed"], count["tls", "failed"], \
	       count["tls", "skipped"]
	printf " %d %d %d\n", count["trace", "passed"], count["trace", "failed"], \
	       count["trace", "skipped"]
	printf "%s", text
	for (i = 1; i <= reasons; i++)
		print "  skipped " why[order[i]] ": " order[i]
}
