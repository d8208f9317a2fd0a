#include "logs/jsonfile.h"

#include <endian.h>
#include <string.h>

#include "base/banned.h"

#define DEPTH_MAX 8 /* of attributes; docker writes one level */
#define REPLACEMENT 0xFFFD
#define REPLACEMENT_LEN 3

struct lexer {
	const char *at, *end;
};

struct span {
	const char *bytes;
	size_t len;
};

struct found {
	struct record record; /* stream 0: none yet */
	bool timed;
};

/* ---- bytes of a string that mean themselves ---- */

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/*
 * The top bit of each byte that is a quote, a backslash, a control character or not ASCII. Behind the first of those a borrow can mark
 * one that is none, so only the lowest bit counts.
 */
static uint64_t odd_bytes(uint64_t word)
{
	uint64_t quote = word ^ EACH('"'), backslash = word ^ EACH('\\');
	return (word | (word - EACH(' ')) | (quote - EACH(1)) | (backslash - EACH(1))) & EACH(0x80);
}

static bool is_odd(char c)
{
	return c == '"' || c == '\\' || (unsigned char)c < ' ' || (unsigned char)c >= 0x80;
}

static const char *skip_plain(const char *at, const char *end)
{
	for (; end - at >= 8; at += 8) {
		uint64_t word, odd;
		memcpy(&word, at, sizeof word);
		odd = odd_bytes(le64toh(word));
		if (odd)
			return at + __builtin_ctzll(odd) / 8;
	}
	while (at < end && !is_odd(*at))
		at++;
	return at;
}

static bool continues(unsigned char byte)
{
	return (byte & 0xC0) == 0x80;
}

/* Length of the UTF-8 sequence of two to four bytes there; 0 if it is none. (Unicode 15, table 3-7, as Go's utf8.DecodeRune.) */
static size_t rune_len(const char *bytes, const char *end)
{
	const unsigned char *at = (const unsigned char *)bytes;
	ptrdiff_t left = end - bytes;
	if (*at < 0xC2 || *at > 0xF4 || left < 2 || !continues(at[1]))
		return 0;
	if (*at < 0xE0)
		return 2;
	if (left < 3 || !continues(at[2]))
		return 0;
	if (*at < 0xF0) /* neither longer than need be nor a surrogate */
		return (*at == 0xE0 && at[1] < 0xA0) || (*at == 0xED && at[1] > 0x9F) ? 0 : 3;
	if (left < 4 || !continues(at[3]))
		return 0;
	return (*at == 0xF0 && at[1] < 0x90) || (*at == 0xF4 && at[1] > 0x8F) ? 0 : 4;
}

static const char *skip_text(const char *at, const char *end)
{
	for (;;) {
		const char *plain = skip_plain(at, end);
		size_t rune;
		for (at = plain; at < end && (unsigned char)*at >= 0x80 && (rune = rune_len(at, end)) > 0;)
			at += rune;
		if (at == plain)
			return at;
	}
}

/* ---- those that do not ---- */

static char *put_rune(char *to, unsigned rune)
{
	if (rune < 0x80) {
		*to++ = (char)rune;
		return to;
	}
	if (rune < 0x800) {
		*to++ = (char)(0xC0 | rune >> 6);
	} else if (rune < 0x10000) {
		*to++ = (char)(0xE0 | rune >> 12);
		*to++ = (char)(0x80 | (rune >> 6 & 0x3F));
	} else {
		*to++ = (char)(0xF0 | rune >> 18);
		*to++ = (char)(0x80 | (rune >> 12 & 0x3F));
		*to++ = (char)(0x80 | (rune >> 6 & 0x3F));
	}
	*to++ = (char)(0x80 | (rune & 0x3F));
	return to;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' ^ 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The number of \uXXXX there, or -1. */
static int unit_at(const char *at, const char *end)
{
	int unit = 0;
	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int digit = hex_digit(at[i]);
		if (digit < 0)
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

/* One or, of a pair of surrogates, two \uXXXX. A surrogate alone is replaced, and what follows it stands for itself. */
static bool take_unit(struct lexer *in, char **to)
{
	int unit = unit_at(in->at, in->end), low;
	if (unit < 0)
		return false;
	in->at += 6;
	if ((unit & 0xF800) != 0xD800) {
		*to = put_rune(*to, (unsigned)unit);
		return true;
	}
	low = unit < 0xDC00 ? unit_at(in->at, in->end) : -1;
	if (low < 0xDC00 || low > 0xDFFF) {
		*to = put_rune(*to, REPLACEMENT);
		return true;
	}
	in->at += 6;
	*to = put_rune(*to, 0x10000 + ((unsigned)(unit - 0xD800) << 10) + (unsigned)(low - 0xDC00));
	return true;
}

static bool take_escape(struct lexer *in, char **to)
{
	static const char meanings[256] = {
		['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
		['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
	};
	char meaning = in->end - in->at < 2 ? '\0' : meanings[(unsigned char)in->at[1]];
	if (!meaning)
		return take_unit(in, to);
	*(*to)++ = meaning;
	in->at += 2;
	return true;
}

/* From in->at to behind the closing quote. Each byte becomes at most REPLACEMENT_LEN. NULL: it is no string; else where the text ends. */
static char *unescape(struct lexer *in, char *to)
{
	for (;;) {
		const char *from = in->at;
		in->at = skip_text(from, in->end);
		memcpy(to, from, (size_t)(in->at - from));
		to += in->at - from;
		if (in->at == in->end || (unsigned char)*in->at < ' ')
			return NULL;
		if (*in->at == '"') {
			in->at++;
			return to;
		}
		if (*in->at != '\\') {
			in->at++;
			to = put_rune(to, REPLACEMENT);
		} else if (!take_escape(in, &to)) {
			return NULL;
		}
	}
}

/* ---- tokens ---- */

static void skip_blanks(struct lexer *in)
{
	while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\r' || *in->at == '\n'))
		in->at++;
}

static bool take(struct lexer *in, char c)
{
	if (in->at < in->end && *in->at <= ' ') /* docker writes none */
		skip_blanks(in);
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

/* As it stands there: escapes are passed over. */
static bool take_string(struct lexer *in, struct span *out)
{
	if (!take(in, '"'))
		return false;
	out->bytes = in->at;
	for (;;) {
		in->at = skip_plain(in->at, in->end);
		if (in->at == in->end || (unsigned char)*in->at < ' ')
			return false;
		out->len = (size_t)(in->at - out->bytes);
		char c = *in->at++;
		if (c == '"')
			return true;
		if (c == '\\' && in->at++ == in->end)
			return false;
	}
}

static bool span_is(const struct span *span, const char *text, size_t len)
{
	return span->len == len && !memcmp(span->bytes, text, len);
}

#define IS(span, literal) span_is(span, literal, sizeof literal - 1)

/* A number, true, false or null. */
static bool skip_word(struct lexer *in)
{
	const char *from = in->at;
	while (in->at < in->end && *in->at && strchr("+-.0123456789Eaeflnrstu", *in->at))
		in->at++;
	return in->at > from;
}

static bool skip_value(struct lexer *in, unsigned depth);

/* Of an object or an array that was begun. */
static bool skip_items(struct lexer *in, char close, unsigned depth)
{
	struct span key;
	if (take(in, close))
		return true;
	do {
		if (close == '}' && !(take_string(in, &key) && take(in, ':')))
			return false;
		if (!skip_value(in, depth))
			return false;
	} while (take(in, ','));
	return take(in, close);
}

static bool skip_value(struct lexer *in, unsigned depth)
{
	struct span string;
	if (depth > DEPTH_MAX)
		return false;
	if (take(in, '{'))
		return skip_items(in, '}', depth + 1);
	if (take(in, '['))
		return skip_items(in, ']', depth + 1);
	return in->at < in->end && *in->at == '"' ? take_string(in, &string) : skip_word(in);
}

/* ---- the record ---- */

/* Sets the text; its newline can only be the last of it. */
static bool set_text(struct record *out, const char *bytes, size_t len)
{
	out->partial = len == 0 || bytes[len - 1] != '\n';
	out->bytes = bytes;
	out->len = len - !out->partial;
	return !memchr(bytes, '\n', out->len);
}

static bool take_escaped_log(struct lexer *in, struct buf *text, struct record *out)
{
	buf_clear(text);
	char *room = buf_reserve(text, (size_t)(in->end - in->at) * REPLACEMENT_LEN);
	char *end = room ? unescape(in, room) : NULL;
	if (!end)
		return false;
	buf_grow(text, (size_t)(end - room));
	return set_text(out, text->bytes, text->len);
}

static bool take_log(struct lexer *in, struct buf *text, struct record *out)
{
	static const char line_end[] = "\\n\"";
	if (!take(in, '"'))
		return false;
	const char *from = in->at, *to = skip_text(from, in->end);
	out->partial = to < in->end && *to == '"';
	if (!out->partial &&
	    (in->end - to < (ptrdiff_t)sizeof line_end - 1 || memcmp(to, line_end, sizeof line_end - 1) != 0))
		return take_escaped_log(in, text, out);
	out->bytes = from;
	out->len = (size_t)(to - from);
	in->at = to + (out->partial ? 1 : sizeof line_end - 1);
	return true;
}

static bool take_stream(struct lexer *in, struct record *out)
{
	struct span name;
	if (!take_string(in, &name))
		return false;
	out->stream = IS(&name, "stdout") ? STREAM_STDOUT : STREAM_STDERR;
	return out->stream == STREAM_STDOUT || IS(&name, "stderr");
}

static bool take_time(struct lexer *in, struct found *out)
{
	struct span time;
	out->timed = take_string(in, &time) && time.len > 0 &&
		     moment_scan(time.bytes, time.len, &out->record.at) == time.len && time.bytes[10] == 'T';
	return out->timed;
}

static bool take_member(struct lexer *in, struct buf *text, struct found *out)
{
	struct span key;
	if (!take_string(in, &key) || !take(in, ':'))
		return false;
	if (IS(&key, "log"))
		return take_log(in, text, &out->record);
	if (IS(&key, "stream"))
		return take_stream(in, &out->record);
	if (IS(&key, "time"))
		return take_time(in, out);
	return skip_value(in, 0);
}

bool jsonfile_record(const char *line, size_t len, struct buf *text, struct record *out)
{
	struct lexer in = { line, line + len };
	/* docker leaves out a log that is empty, and reads it as one without newline. */
	struct found found = { .record = { .partial = true, .bytes = "" } };
	if (!take(&in, '{'))
		return false;
	do {
		if (!take_member(&in, text, &found))
			return false;
	} while (take(&in, ','));
	if (!take(&in, '}') || !found.timed || !found.record.stream)
		return false;
	skip_blanks(&in);
	if (in.at != in.end)
		return false;
	*out = found.record;
	return true;
}
