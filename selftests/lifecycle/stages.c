// SPDX-License-Identifier: GPL-2.0
/*
 * Every end of a connection at every stage of its life. What a program sees is
 * the same with tls and with tls_trace, and the module stays just as long as
 * there is a socket.
 */
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>

enum stage {
	STAGE_PLAIN,		/* no ULP yet */
	STAGE_ATTACHED,
	STAGE_TX,
	STAGE_BOTH,
	STAGE_HALF,		/* half a record received */
	STAGE_UNREAD,		/* a record received and not read */
	STAGE_PARTLY,		/* a part of it read */
	STAGE_MORE,		/* a record begun by MSG_MORE */
	STAGE_UNSENT,		/* more to send than the peer takes */
	NR_STAGES
};

enum ending {
	END_NONE,
	END_PEER_RESET,
	END_PEER_FIN,
	END_PEER_SHUTDOWN,
	END_DESTROY,		/* ss -K */
	END_SHUTDOWN_WR,
	END_SHUTDOWN_RDWR,
	END_DISCONNECT,
	NR_ENDINGS
};

static const char * const stage_name[NR_STAGES] = {
	"without ULP", "attached", "TX key", "both keys", "half a record",
	"data unread", "data partly read", "MSG_MORE", "data unsent",
};

static const char * const ending_name[NR_ENDINGS] = {
	"none", "peer's reset", "peer's FIN", "peer's shutdown", "destroyed",
	"shutdown(WR)", "shutdown(RDWR)", "disconnect",
};

/* What was seen of a socket after its end, in order. */
struct sight {
	const char *what[24];
	int value[24];
	int n;
};

static void see(struct sight *s, const char *what, int value)
{
	s->what[s->n] = what;
	s->value[s->n++] = value;
}

/* Have the kernel abort a connection of somebody else's, as ss -K does. */
static int destroy(const struct sockaddr_in *local,
		   const struct sockaddr_in *remote)
{
	struct {
		struct nlmsghdr n;
		struct inet_diag_req_v2 r;
	} m = {
		.n = { sizeof(m), SOCK_DESTROY, NLM_F_REQUEST | NLM_F_ACK },
		.r = { .sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP,
		       .idiag_states = -1 },
	};
	struct {
		struct nlmsghdr n;
		struct nlmsgerr e;
		char more[200];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
			NETLINK_SOCK_DIAG);
	int err = 0;

	m.r.id.idiag_sport = local->sin_port;
	m.r.id.idiag_dport = remote->sin_port;
	m.r.id.idiag_src[0] = local->sin_addr.s_addr;
	m.r.id.idiag_dst[0] = remote->sin_addr.s_addr;
	m.r.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	m.r.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	if (fd < 0 || send(fd, &m, sizeof(m), 0) < 0 ||
	    recv(fd, &answer, sizeof(answer), 0) < 0)
		err = -errno;
	else if (answer.n.nlmsg_type == NLMSG_ERROR)
		err = answer.e.error;
	if (fd >= 0)
		close(fd);
	return err ? tt_fail(-err, "sock_diag: %s", strerror(-err)) : 0;
}

static int stage_reach(int fd[2], const char *ulp, enum stage stage)
{
	static const unsigned char half[] = { 23, 3, 3, 0, 100, 1, 2, 3, 4 };
	struct tt_pair_key key[2];
	int err, size = 4096;
	char byte;

	err = tt_tcp_pair(TT_IPV4, &fd[0], &fd[1]);
	if (err || stage == STAGE_PLAIN)
		return err;
	tt_pair_key(&key[0]);
	tt_pair_key(&key[1]);
	err = tt_tcp_ulp(fd[0], ulp);
	if (!err && stage >= STAGE_TX)
		err = tt_pair_set(fd[0], TLS_TX, &key[0]);
	if (!err && stage >= STAGE_BOTH)
		err = tt_pair_set(fd[0], TLS_RX, &key[1]);
	if (err)
		return err;
	switch (stage) {
	case STAGE_HALF:
		err = tt_write_all(fd[1], half, sizeof(half));
		break;
	case STAGE_UNREAD:
	case STAGE_PARTLY:
		err = tt_tcp_ulp(fd[1], "tls") ?:
		      tt_pair_set(fd[1], TLS_TX, &key[1]) ?:
		      tt_write_all(fd[1], "record", 6) ?:
		      tt_wait_fd(fd[0], POLLIN, "a record");
		if (!err && stage == STAGE_PARTLY)
			err = recv(fd[0], &byte, 1, 0) == 1 ? 0 : -EIO;
		break;
	case STAGE_MORE:
		err = send(fd[0], "more", 4, MSG_MORE) == 4 ? 0 : -errno;
		break;
	case STAGE_UNSENT:
		setsockopt(fd[1], SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
		err = fill(fd[0]);
		break;
	default:
		break;
	}
	return err < 0 ? err : 0;
}

/* Wait until the peer's doing has arrived. */
static int wait_event(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, TT_WAIT_MS) == 1 ? 0 :
	       tt_fail(ETIMEDOUT, "the end does not arrive");
}

static int end_it(int fd[2], enum ending ending)
{
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };
	struct sockaddr_in local, remote;

	switch (ending) {
	case END_PEER_RESET:
		reset(&fd[1]);
		return wait_event(fd[0], 0);
	case END_PEER_FIN:
		close(fd[1]);
		fd[1] = -1;
		return wait_event(fd[0], POLLRDHUP);
	case END_PEER_SHUTDOWN:
		shutdown(fd[1], SHUT_WR);
		return wait_event(fd[0], POLLRDHUP);
	case END_DESTROY:
		if (sock_addr(&local, fd[0], false) ||
		    sock_addr(&remote, fd[0], true))
			return -errno;
		return destroy(&local, &remote) ?: wait_event(fd[0], 0);
	case END_SHUTDOWN_WR:
		return shutdown(fd[0], SHUT_WR) ? -errno : 0;
	case END_SHUTDOWN_RDWR:
		return shutdown(fd[0], SHUT_RDWR) ? -errno : 0;
	case END_DISCONNECT:
		/* The result is tls's business. */
		connect(fd[0], &unspec, sizeof(unspec));
		return 0;
	default:
		return 0;
	}
}

static int result(long n)
{
	return n < 0 ? -errno : n;
}

/* Wait until the other side has answered to what was sent: taken it, or reset the
 * connection. Without an answer the calls that follow say which.
 */
static void await_answer(int fd)
{
	long long end = tt_now_ms() + tt_limit(1000);
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int unacked;

	while (!ioctl(fd, SIOCOUTQ, &unacked) && unacked &&
	       !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) &&
	       info.tcpi_state != TCP_CLOSE && tt_now_ms() < end)
		poll(NULL, 0, 1);
}

/* Everything that a program might try now. */
static void look(struct sight *s, int fd, const char *ulp)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP };
	struct tt_pair_key key;
	int value = 0, pipes[2];
	socklen_t len = sizeof(value);
	char buf[100], name[16] = "";

	tt_pair_key(&key);
	/* Linux 6.1's splice without TLS knows no other way not to wait. */
	fcntl(fd, F_SETFL, O_NONBLOCK);
	poll(&p, 1, 0);
	see(s, "poll", p.revents);
	see(s, "recv", result(recv(fd, buf, 3, MSG_DONTWAIT)));
	see(s, "recv again", result(recv(fd, buf, sizeof(buf),
					 MSG_DONTWAIT)));
	see(s, "send", result(send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL)));
	/* One that is closed resets. */
	if (p.revents & POLLRDHUP)
		await_answer(fd);
	see(s, "send again", result(send(fd, "x", 1,
					 MSG_DONTWAIT | MSG_NOSIGNAL)));
	see(s, "SO_ERROR", result(getsockopt(fd, SOL_SOCKET, SO_ERROR, &value,
					     &len)) ?: value);
	see(s, "TCP_ULP", result(setsockopt(fd, IPPROTO_TCP, TCP_ULP, ulp,
					    strlen(ulp))));
	see(s, "TLS_TX", tt_pair_set(fd, TLS_TX, &key));
	see(s, "TLS_RX", tt_pair_set(fd, TLS_RX, &key));
	len = sizeof(key);
	see(s, "get TLS_TX", result(getsockopt(fd, SOL_TLS, TLS_TX, &key,
					       &len)));
	len = sizeof(name);
	see(s, "get TCP_ULP", result(getsockopt(fd, IPPROTO_TCP, TCP_ULP, name,
						&len)) ?: !strcmp(name, ulp));
	if (!pipe2(pipes, O_CLOEXEC | O_NONBLOCK)) {
		see(s, "splice", result(splice(fd, NULL, pipes[1], NULL, 100,
					       SPLICE_F_NONBLOCK)));
		close(pipes[0]);
		close(pipes[1]);
	}
	see(s, "accept", result(accept(fd, NULL, NULL)));
	see(s, "listen", result(listen(fd, 1)));
	see(s, "shutdown", result(shutdown(fd, SHUT_RDWR)));
	p.revents = 0;
	poll(&p, 1, 0);
	see(s, "poll at last", p.revents);
}

static int stage_run(struct sight *s, const char *ulp, enum stage stage,
		     enum ending ending)
{
	bool traced = !strcmp(ulp, TT_KO) && stage != STAGE_PLAIN;
	int fd[2] = { -1, -1 }, err;

	s->n = 0;
	err = stage_reach(fd, ulp, stage);
	if (!err && tt_ko_refs(TT_KO) != 2 * traced)
		err = tt_fail(EBADMSG, "%d references", tt_ko_refs(TT_KO));
	if (!err && traced && tt_ko_unload(TT_KO) != -EAGAIN)
		err = tt_fail(EBADMSG, "unloaded under a socket");
	err = err ?: end_it(fd, ending);
	/* The descriptor is there, and so is the module. */
	if (!err && traced && tt_ko_unload(TT_KO) != -EAGAIN)
		err = tt_fail(EBADMSG, "unloaded under an ended socket");
	if (!err)
		look(s, fd[0], ulp);
	tt_pair_close(fd);
	if (!err && refs_become(0))
		err = tt_fail(EBUSY, "%d references left", tt_ko_refs(TT_KO));
	return err;
}

/* Run a stage and an ending with both ULPs and compare. */
static int stage_compare_once(enum stage stage, enum ending ending)
{
	struct sight a, b;
	int i, err;

	err = stage_run(&a, "tls", stage, ending) ?:
	      stage_run(&b, TT_KO, stage, ending);
	if (err) {
		char why[TT_WHY_SIZE];

		snprintf(why, sizeof(why), "%s", tt_why());
		return tt_fail(-err, "%s, %s: %.300s (%d)", stage_name[stage],
			       ending_name[ending], why, err);
	}
	for (i = 0; i < a.n; i++)
		if (a.value[i] != b.value[i])
			return tt_fail(EILSEQ,
				       "%s, %s: %s gives %d with tls, %d with tls_trace",
				       stage_name[stage], ending_name[ending],
				       a.what[i], a.value[i], b.value[i]);
	return 0;
}

/* With data unsent, which call is told an error depends on when tls's worker meets it:
 * then what differs each time is a difference.
 */
static int stage_compare(enum stage stage, enum ending ending)
{
	int tries = stage == STAGE_UNSENT ? 5 : 1, err;

	do
		err = stage_compare_once(stage, ending);
	while (err == -EILSEQ && --tries);
	return err;
}

FIXTURE(stage)
{
	struct world world;
};

FIXTURE_VARIANT(stage)
{
	const char *name;
	enum stage stage;
};

#define STAGE_VARIANT(NAME, STAGE)					\
	FIXTURE_VARIANT_ADD(stage, NAME) { .name = #NAME, .stage = STAGE }

STAGE_VARIANT(plain, STAGE_PLAIN);
STAGE_VARIANT(attached, STAGE_ATTACHED);
STAGE_VARIANT(tx_key, STAGE_TX);
STAGE_VARIANT(both_keys, STAGE_BOTH);
STAGE_VARIANT(half_record, STAGE_HALF);
STAGE_VARIANT(unread, STAGE_UNREAD);
STAGE_VARIANT(partly_read, STAGE_PARTLY);
STAGE_VARIANT(more, STAGE_MORE);
STAGE_VARIANT(unsent, STAGE_UNSENT);

FIXTURE_SETUP(stage)
{
	const char *missing;
	char name[200];

	snprintf(name, sizeof(name), "stage.%s.%s", variant->name,
		 _metadata->name);
	missing = cannot_run(name);
	if (missing)
		SKIP(return, "%s", missing);
	tt_seed_test("stage", stage_name[variant->stage], _metadata->name);
	ASSERT_OK(world_begin(&self->world));
}

FIXTURE_TEARDOWN(stage)
{
	EXPECT_OK(world_end(&self->world));
}

/* Each way to end, at this stage, gives what it gives with plain tls. */
TEST_F_TIMEOUT(stage, all_endings, LIFE_TIMEOUT)
{
	enum ending ending;

	for (ending = 0; ending < NR_ENDINGS; ending++)
		EXPECT_OK(stage_compare(variant->stage, ending));
}
