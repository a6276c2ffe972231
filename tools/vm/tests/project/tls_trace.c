// SPDX-License-Identifier: GPL-2.0
/*
 * A module for the tests of the runner: makes the kernel complain, as the
 * parameter says, when it is loaded. Most of it only a debug kernel notices.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timer.h>

static char *complain = "";
module_param(complain, charp, 0);
MODULE_PARM_DESC(complain, "how: a name in the list of faults, or not at all");

/* What the compiler must not know. */
static int shift = 40;
module_param(shift, int, 0);

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static int __rcu *pointer;

static void warn(void)
{
	WARN_ON(true);
}

static void bug(void)
{
	BUG();
}

static void use_after_free(void)
{
	int *p = kmalloc(sizeof(*p), GFP_KERNEL);

	kfree(p);
	if (p)
		shift += READ_ONCE(*p) & 1;
}

static void bad_shift(void)
{
	pr_info("shifted: %d\n", 1 << shift);
}

static void sleep_in_atomic(void)
{
	preempt_disable();
	might_sleep();
	preempt_enable();
}

static void cpu_in_preemptible(void)
{
	pr_info("processor %d\n", smp_processor_id());
}

static void rcu_without_lock(void)
{
	pr_info("pointer: %d\n", !!rcu_dereference(pointer));
}

static void nothing(struct timer_list *timer)
{
}

static void free_live_timer(void)
{
	struct timer_list *timer = kzalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, nothing, 0);
	mod_timer(timer, jiffies + 3600 * HZ);
	kfree(timer);
}

static void bad_list(void)
{
	LIST_HEAD(list);
	LIST_HEAD(entry);

	list_add(&entry, &list);
	WRITE_ONCE(entry.prev, &entry);
	list_del(&entry);
}

static void underflow(void)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_dec(&count);
}

/* Many: the allocator's own lists have stale pointers to some. */
static void leak(void)
{
	void *p;
	int i;

	for (i = 0; i < 1000; i++) {
		p = kmalloc(333, GFP_KERNEL);
		if (p)
			memset(p, i, 333);
	}
}

static void wrong_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static const struct {
	const char *name;
	void (*make)(void);
} faults[] = {
	{ "warn", warn },
	{ "bug", bug },
	{ "kasan", use_after_free },
	{ "ubsan", bad_shift },
	{ "atomic", sleep_in_atomic },
	{ "preempt", cpu_in_preemptible },
	{ "rcu", rcu_without_lock },
	{ "odebug", free_live_timer },
	{ "list", bad_list },
	{ "refcount", underflow },
	{ "leak", leak },
	{ "lockdep", wrong_order },
};

static int __init complain_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		if (!strcmp(complain, faults[i].name))
			faults[i].make();
	return 0;
}

static void __exit complain_exit(void)
{
}

module_init(complain_init);
module_exit(complain_exit);
MODULE_DESCRIPTION("Complains when loaded");
MODULE_LICENSE("GPL");
