/* Errors as values: see base/error.h. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define ELLIPSIS "…"

/* Formats into err->text; `args` may point into it. What is too long is cut between characters, with an ellipsis. */
PRINTF_LIKE(2, 0) static void set_text(struct error *err, const char *format, va_list args)
{
	char text[sizeof(err->text)];
	int len = vsnprintf(text, sizeof(text), format, args);

	if (len < 0)
		text[0] = '\0'; /* an argument that is not text in this locale */
	if (len >= (int)sizeof(text)) {
		size_t end = sizeof(text) - sizeof(ELLIPSIS);

		while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
			end--;
		memcpy(text + end, ELLIPSIS, sizeof(ELLIPSIS));
	}
	memcpy(err->text, text, sizeof(text));
}

PRINTF_LIKE(2, 3) static void set_textf(struct error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
}

int error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
	err->kind = kind;
	err->detail = 0;
	return -1;
}

int error_system(struct error *err, const char *format, ...)
{
	int number = errno;
	char scratch[128];
	va_list args;

	va_start(args, format);
	set_text(err, format, args);
	va_end(args);
	set_textf(err, "%s: %s", err->text, strerror_r(number, scratch, sizeof(scratch)));
	err->kind = ERROR_SYSTEM;
	err->detail = number;
	return -1;
}

int error_wrap(struct error *err, const char *format, ...)
{
	struct error context;
	va_list args;

	va_start(args, format);
	set_text(&context, format, args);
	va_end(args);
	set_textf(err, "%s: %s", context.text, err->text);
	return -1;
}

int error_status(const struct error *err)
{
	static const int statuses[] = {
#define X(kind, status) [ERROR_##kind] = status,
		ERRORS(X)
#undef X
	};

	if (err->kind == ERROR_SIGNALLED)
		return statuses[ERROR_SIGNALLED] + err->detail;
	if (err->kind == ERROR_STATUS)
		return err->detail;
	return statuses[err->kind];
}

const char *error_kind_name(enum error_kind kind)
{
	switch (kind) {
	case ERROR_NONE:
		return "none";
	case ERROR_FAILED:
		return "failed";
	case ERROR_USAGE:
		return "usage";
	case ERROR_NOT_FOUND:
		return "not found";
	case ERROR_UNSUPPORTED:
		return "unsupported";
	case ERROR_SYSTEM:
		return "system";
	case ERROR_TIMEOUT:
		return "timeout";
	case ERROR_RUNTIME:
		return "runtime";
	case ERROR_NOT_EXECUTABLE:
		return "not executable";
	case ERROR_NO_PROGRAM:
		return "no program";
	case ERROR_SIGNALLED:
		return "signalled";
	case ERROR_CANCELLED:
		return "cancelled";
	case ERROR_STATUS:
		return "status";
	}
	return "unknown";
}
