// SPDX-License-Identifier: GPL-2.0
/*
 * What an event costs at least: one of the same size that says nothing.
 *
 * Write a number to the parameter io or data and that many of them are traced; read
 * it, and it says how many instructions each took. data is 16 KiB in pieces, as
 * tls_trace gives the plaintext of a record, and from a program's memory: kernels copy
 * from there with other instructions than within their own.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/uaccess.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#define CREATE_TRACE_POINTS
#include "floor_trace.h"

/* As TLST_PIECE_MAX and TLS_MAX_PAYLOAD_SIZE. */
#define PIECE	3840
#define RECORD	16384

static unsigned int io_cost, data_cost;
static void __user *bytes;
bool floor_missed;

static noinline void io_once(void)
{
	trace_io(0);
}

static noinline void data_once(void)
{
	unsigned int at, size;

	for (at = 0; at < RECORD; at += size) {
		size = min(RECORD - at, (unsigned int)PIECE);
		trace_data(bytes + at, size);
	}
}

static int cost_of(const char *val, void (*once)(void), unsigned int *cost)
{
	unsigned int i, count;
	u64 start;
	int err;

	err = kstrtouint(val, 0, &count);
	if (err)
		return err;
	if (!count || count > 100000)
		return -EINVAL;
	start = rdtsc();
	for (i = 0; i < count; i++)
		once();
	*cost = div_u64(rdtsc() - start, count);
	return 0;
}

static int io_set(const char *val, const struct kernel_param *kp)
{
	return cost_of(val, io_once, &io_cost);
}

static int data_set(const char *val, const struct kernel_param *kp)
{
	unsigned long at = vm_mmap(NULL, 0, RECORD, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, 0);
	int err = -EFAULT;

	if (IS_ERR_VALUE(at))
		return at;
	bytes = (void __user *)at;
	/* All of it is there then, and stays: nobody wants its memory. */
	if (!clear_user(bytes, RECORD))
		err = cost_of(val, data_once, &data_cost);
	vm_munmap(at, RECORD);
	return floor_missed ? -EFAULT : err;
}

static const struct kernel_param_ops io_ops = { .set = io_set, .get = param_get_uint };
static const struct kernel_param_ops data_ops = { .set = data_set, .get = param_get_uint };

module_param_cb(io, &io_ops, &io_cost, 0600);
MODULE_PARM_DESC(io, "trace so many empty events of the size of tx and rx");
module_param_cb(data, &data_ops, &data_cost, 0600);
MODULE_PARM_DESC(data, "trace so many times 16 KiB in events of the size of data");

static int __init floor_init(void)
{
	return 0;
}

static void __exit floor_exit(void)
{
}

module_init(floor_init);
module_exit(floor_exit);
MODULE_DESCRIPTION("the least that an event costs");
MODULE_LICENSE("GPL");
