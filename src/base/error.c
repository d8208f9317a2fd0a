/* Errors as values: see base/error.h. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

#define ELLIPSIS "…"

/* `args` may point into `out`, of at most ERROR_TEXT_MAX bytes. What is too long is cut between characters, with an ellipsis. */
PRINTF_LIKE(3, 0) static void format_text(char *out, size_t size, const char *format, va_list args)
{
	char text[ERROR_TEXT_MAX];
	int len = vsnprintf(text, size, format, args);

	if (len < 0)
		text[0] = '\0'; /* an argument that is not text in this locale */
	if (len >= (int)size) {
		size_t end = size - sizeof(ELLIPSIS);

		while (end > 0 && ((unsigned char)text[end] & 0xC0) == 0x80)
			end--;
		memcpy(text + end, ELLIPSIS, sizeof(ELLIPSIS));
	}
	memcpy(out, text, size);
}

PRINTF_LIKE(2, 0) static void set_text(struct error *err, const char *format, va_list args)
{
	format_text(err->text, sizeof(err->text), format, args);
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
	err->detail = err->status = 0;
	err->subject[0] = err->hint[0] = '\0';
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
	error_set(err, ERROR_SYSTEM, "%s", err->text);
	err->detail = number;
	return -1;
}

int error_about(struct error *err, const char *subject)
{
	snprintf(err->subject, sizeof(err->subject), "%s", subject);
	return -1;
}

int error_hint(struct error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_text(err->hint, sizeof(err->hint), format, args);
	va_end(args);
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

	if (err->status != 0)
		return err->status;
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
	case ERROR_NAME_TAKEN:
		return "name taken";
	case ERROR_IN_USE:
		return "in use";
	case ERROR_STATE:
		return "wrong state";
	case ERROR_VALUE:
		return "bad value";
	case ERROR_UNREACHABLE:
		return "unreachable";
	case ERROR_DENIED:
		return "denied";
	case ERROR_UNSUPPORTED:
		return "unsupported";
	case ERROR_READONLY:
		return "read only";
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
	case ERROR_UNREAD:
		return "unread";
	case ERROR_STATUS:
		return "status";
	}
	return "unknown";
}
