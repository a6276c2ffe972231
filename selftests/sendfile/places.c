// SPDX-License-Identifier: GPL-2.0
/* Where a file's pages come from: file systems, devices, past the page cache. */

#define PLACE_SIZE	300007
#define LOOP_SIZE	(8 << 20)
#define HUGE_SIZE	(4 << 20)

#define PLACE		"/mnt"

/* A file system that nobody else sees and that ends with the test. */
static int own_mounts(const char *type, const char *options)
{
	if (unshare(CLONE_NEWNS) ||
	    mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return tt_fail(errno, "mount namespace: %s", strerror(errno));
	if (mount("tls_sendfile", PLACE, type, 0, options))
		return tt_fail(errno, "mount of %s: %s", type, strerror(errno));
	return 0;
}

static const char *in_place(const char *name)
{
	static char path[4][80];
	static int i;

	i = (i + 1) % 4;
	snprintf(path[i], sizeof(path[i]), "%s/%s", PLACE, name);
	return path[i];
}

/* A file with random content, written to its device where it has one. */
static int fill_file(const char *path, size_t size)
{
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	size_t at, n;

	if (file < 0)
		return tt_fail(errno, "%s: %s", path, strerror(errno));
	for (at = 0; at < size; at += n) {
		n = size - at < sizeof(out) ? size - at : sizeof(out);
		tt_fill(out, n);
		if (pwrite(file, out, n, at) != (ssize_t)n)
			return tt_fail(errno, "%s: %s", path, strerror(errno));
	}
	fsync(file);
	return file;
}

/* All of the file, a part of it, and as much as there is. */
static int send_file(struct tt_test *t, struct tt_conn *c, int file,
		     size_t size)
{
	off_t off = 0;
	int err;

	err = send_part(t, c, file, &off, size, size);
	off = 5001;
	err = err ?: send_part(t, c, file, &off, 70001, 70001);
	off = size - RECORD - 1;
	return err ?: send_part(t, c, file, &off, 2 * RECORD, RECORD + 1);
}

/* Huge pages: offsets in them are larger than a page. */
TT_TEST_F(file, on_tmpfs_huge)
{
	int file, err = own_mounts("tmpfs", "huge=always");
	off_t off = HUGE_SIZE / 2 - 50000;

	if (err == -EINVAL) {
		tt_feature_add("huge", "this kernel has no huge pages in tmpfs");
		TT_NEED("huge");
	}
	ASSERT_OK(err);
	file = fill_file(in_place("file"), HUGE_SIZE);
	ASSERT_LE(0, file) TH_LOG("%s", tt_why());
	ASSERT_OK(send_part(t, c, file, &off, 100001, 100001));
	off = HUGE_SIZE - 70001;
	ASSERT_OK(send_part(t, c, file, &off, 70001, 70001));
}

/* ramfs, the page cache and nothing else. */
TT_TEST_F(file, on_ramfs)
{
	int file;

	ASSERT_OK(own_mounts("ramfs", NULL));
	file = fill_file(in_place("file"), PLACE_SIZE);
	ASSERT_LE(0, file) TH_LOG("%s", tt_why());
	ASSERT_OK(send_file(t, c, file, PLACE_SIZE));
}

/* overlayfs: a file below, and the same file after it was copied up and changed. */
TT_TEST_F(file, on_overlay)
{
	char options[300];
	int file;

	if (tt_load_module("overlay")) {
		tt_feature_add("overlay", tt_why());
		TT_NEED("overlay");
	}
	ASSERT_OK(own_mounts("tmpfs", NULL));
	mkdir(in_place("lower"), 0700);
	mkdir(in_place("upper"), 0700);
	mkdir(in_place("work"), 0700);
	mkdir(in_place("all"), 0700);
	close(fill_file(in_place("lower/file"), PLACE_SIZE));
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s",
		 in_place("lower"), in_place("upper"), in_place("work"));
	ASSERT_EQ(0, mount("all", in_place("all"), "overlay", 0, options))
		TH_LOG("overlay: %s", strerror(errno));
	file = open(in_place("all/file"), O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, file);
	ASSERT_OK(send_file(t, c, file, PLACE_SIZE));
	close(file);
	file = fill_file(in_place("all/file"), PLACE_SIZE);
	ASSERT_LE(0, file) TH_LOG("%s", tt_why());
	ASSERT_OK(send_file(t, c, file, PLACE_SIZE));
}

/* The program itself, wherever the suite lies. */
TT_TEST_F(file, on_the_suites_own)
{
	int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat st;

	ASSERT_LE(0, file);
	ASSERT_EQ(0, fstat(file, &st));
	ASSERT_LT(2 * RECORD, st.st_size);
	ASSERT_OK(send_file(t, c, file, st.st_size));
}

/* A block device of a file in our place. Return: its descriptor or -errno. */
static int loop_device(char *path, size_t size)
{
	struct loop_info64 info = { .lo_flags = LO_FLAGS_AUTOCLEAR };
	int backing, control, loop, n;

	control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	n = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
	if (n < 0)
		return tt_fail(errno, "no loop device: %s", strerror(errno));
	snprintf(path, size, "/dev/loop%d", n);
	loop = open(path, O_RDWR | O_CLOEXEC);
	backing = fill_file(in_place("backing"), LOOP_SIZE);
	if (loop < 0 || backing < 0 || ioctl(loop, LOOP_SET_FD, backing) ||
	    ioctl(loop, LOOP_SET_STATUS64, &info))
		return tt_fail(errno, "%s: %s", path, strerror(errno));
	close(backing);
	close(control);
	return loop;
}

static int need_loop(struct tt_test *t)
{
	if (tt_load_module("loop"))
		tt_feature_add("loop", tt_why());
	else
		return own_mounts("tmpfs", NULL);
	return tt_test_need(t, "loop");
}

/* FAT16 with clusters of 2 sectors: what mkfs would write, should there be none. */
static int make_fat(int device)
{
	static const unsigned char boot[] = {
		0xeb, 0x3c, 0x90, 'M', 'S', 'D', 'O', 'S', '5', '.', '0',
		0, 2,		/* bytes in a sector */
		2,		/* sectors in a cluster */
		1, 0,		/* sectors in front of the FATs */
		2,		/* FATs */
		0, 2,		/* entries of the root directory */
		LOOP_SIZE / 512 & 255, LOOP_SIZE / 512 >> 8,
		0xf8,		/* medium */
		32, 0,		/* sectors of a FAT */
		32, 0, 2, 0,	/* sectors in a track, heads */
	};
	static const unsigned char media[] = { 0xf8, 0xff, 0xff, 0xff };
	static unsigned char sector[97 * 512];

	memcpy(sector, boot, sizeof(boot));
	memcpy(sector + 510, "\x55\xaa", 2);
	memcpy(sector + 512, media, sizeof(media));
	memcpy(sector + 33 * 512, media, sizeof(media));
	if (pwrite(device, sector, sizeof(sector), 0) != sizeof(sector))
		return tt_fail(errno, "FAT: %s", strerror(errno));
	return fsync(device) ? tt_fail(errno, "FAT: fsync") : 0;
}

/* Make a file system of the best kind there is. Return: its name or NULL. */
static const char *make_fs(int device, const char *path)
{
	char command[120];

	snprintf(command, sizeof(command),
		 "mkfs.ext4 -q %s >/dev/null 2>&1 </dev/null", path);
	if (!tt_load_module("ext4") && !system(command))
		return "ext4";
	return tt_load_module("vfat") || make_fat(device) ? NULL : "vfat";
}

/* A file system on a block device, its pages read in after it was mounted anew. */
TT_TEST_F(file, on_a_disk)
{
	char device[40];
	const char *fs;
	int loop, file;

	ASSERT_OK(need_loop(t));
	if (*t->skip)
		SKIP(return, "%s", t->skip);
	loop = loop_device(device, sizeof(device));
	ASSERT_LE(0, loop) TH_LOG("%s", tt_why());
	fs = make_fs(loop, device);
	ASSERT_NE(NULL, fs) TH_LOG("%s", tt_why());
	mkdir(in_place("disk"), 0700);
	ASSERT_EQ(0, mount(device, in_place("disk"), fs, 0, NULL))
		TH_LOG("%s: %s", fs, strerror(errno));
	file = fill_file(in_place("disk/file"), PLACE_SIZE);
	ASSERT_LE(0, file) TH_LOG("%s", tt_why());
	ASSERT_OK(send_file(t, c, file, PLACE_SIZE));
	close(file);
	ASSERT_EQ(0, umount(in_place("disk")));
	ASSERT_EQ(0, mount(device, in_place("disk"), fs, MS_RDONLY, NULL));
	file = open(in_place("disk/file"), O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, file);
	ASSERT_OK(send_file(t, c, file, PLACE_SIZE));
	close(file);
	ASSERT_EQ(0, umount(in_place("disk")));
	close(loop);
}

/* A block device, through the page cache and past it with O_DIRECT: then the pages
 * belong to nobody but the call.
 */
TT_TEST_F(file, on_a_block_device)
{
	unsigned char sha[TT_SHA256_SIZE];
	off_t off = 5001;
	char device[40];
	int loop, direct;
	size_t n;

	ASSERT_OK(need_loop(t));
	if (*t->skip)
		SKIP(return, "%s", t->skip);
	loop = loop_device(device, sizeof(device));
	ASSERT_LE(0, loop) TH_LOG("%s", tt_why());
	ASSERT_OK(send_part(t, c, loop, &off, 200000, 200000));
	direct = open(device, O_RDONLY | O_DIRECT | O_CLOEXEC);
	ASSERT_LE(0, direct);
	for (n = PAGE; n <= 128 * PAGE; n *= 8) {
		off = 3 * PAGE;
		ASSERT_OK(tt_file_sha256(loop, off, n, sha));
		ASSERT_OK(tt_drain_start(&t->drain, c, n));
		ASSERT_EQ(n, tt_sendfile(c, direct, &off, n));
		ASSERT_OK(tt_drain_join(&t->drain));
		EXPECT_OK(same_hash(t->drain.sha256, sha));
	}
	close(direct);
	close(loop);
}
