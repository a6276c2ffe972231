/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers on the command line.
 */
#ifndef NUMBER_H
#define NUMBER_H

/**
 * number_from() - read a number
 * @text:	decimal
 * @most:	the largest there may be
 *
 * Where it is none from 1 on, the program ends with a line and status 2.
 *
 * Return: the number.
 */
long number_from(const char *text, long most);

#endif
