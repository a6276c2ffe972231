# SPDX-License-Identifier: GPL-2.0
#
# Sum up one program's KTAP output (that of any kselftest_harness.h).
#
# Output, for ./run: the line "PASSED FAILED SKIPPED", then for people a line for
# each failed test, with the first lines of its errors, and for each reason of
# skips. "broken" says what was wrong with the program itself: not a test's
# failure, but counted as one.

function flush_errors(   i)
{
	for (i = 1; i <= nerr && i <= 3; i++)
		text = text "      " err[i] "\n"
}

# Reasons first without, then with the name: "ok 3 # SKIP why", "ok 3 name # SKIP why"
/^ok [0-9]+.*# SKIP/ {
	results++
	reason = $0
	sub(/^.*# SKIP */, "", reason)
	if (reason != "not selected") {
		skipped++
		if (!(reason in why))
			order[++reasons] = reason
		why[reason]++
	}
	nerr = 0
	next
}

/^ok [0-9]+/ {
	results++
	passed++
	nerr = 0
	next
}

/^not ok [0-9]+/ {
	results++
	failed++
	name = $0
	sub(/^not ok [0-9]+ (- )?/, "", name)
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
		if (sub(/^.*# SKIP */, "", reason)) {
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
	print passed + 0, failed + 0, skipped + 0
	printf "%s", text
	for (i = 1; i <= reasons; i++)
		print "  skipped " why[order[i]] ": " order[i]
}
