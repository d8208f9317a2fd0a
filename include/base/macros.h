/* Compiler attributes, in one place and under one name each. */
#ifndef PURSER_BASE_MACROS_H
#define PURSER_BASE_MACROS_H

#include <stddef.h>

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* Releases a variable when its scope ends; `release` takes a pointer to it. */
#define SCOPED(release) __attribute__((cleanup(release)))

#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))
#define UNUSED __attribute__((unused))

#endif
