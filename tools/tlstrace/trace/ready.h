/* SPDX-License-Identifier: GPL-2.0 */
/* What has to be in place before sockets can be traced. */
#ifndef READY_H
#define READY_H

int ready_to_trace(const char *command);

#endif
