#include "base/needles.h"

#include <string.h>

#include "base/banned.h"

#define DEPTH_MAX 50
#define IGNORE_CASE "(?i)" /* where a pattern begins with it */
#define LEAST 2            /* bytes of a needle that is worth looking for */

struct parser {
	const char *at;
	bool ignore_case;
	bool lost; /* something was met that is not known here */
	unsigned depth;
};

/* ---- sets of needles ---- */

static size_t shortest(const struct needles *set)
{
	size_t len = set->nr ? NEEDLE_MAX : 0;
	for (size_t i = 0; i < set->nr; i++)
		if (set->items[i].len < len)
			len = set->items[i].len;
	return len;
}

/* The longer, and the fewer, the better. */
static void take_better(struct needles *best, const struct needles *other)
{
	size_t len = shortest(other), best_len = shortest(best);
	if (len > best_len || (len == best_len && other->nr < best->nr))
		*best = *other;
}

static void take_both(struct needles *set, const struct needles *other)
{
	if (other->nr == 0 || set->nr == 0 || set->nr + other->nr > NEEDLES_MAX) {
		set->nr = 0;
		return;
	}
	memcpy(set->items + set->nr, other->items, other->nr * sizeof *other->items);
	set->nr += other->nr;
}

/* ---- literal characters, one behind the other ---- */

static void end_run(struct needle *run, struct needles *best)
{
	struct needles set = { .items = { *run }, .nr = 1 };
	if (run->len)
		take_better(best, &set);
	run->len = 0;
}

static bool has_other_cases(const char *c, size_t len)
{
	return len > 1 || (unsigned char)*c >= 0x80 || strchr("kKsS", *c);
}

static void add_character(const struct parser *parser, const char *c, size_t len, struct needle *run,
			  struct needles *best)
{
	if (parser->ignore_case && has_other_cases(c, len)) {
		end_run(run, best);
		return;
	}
	if (run->len + len > NEEDLE_MAX)
		end_run(run, best);
	memcpy(run->bytes + run->len, c, len);
	run->len += len;
}

static size_t character_len(const char *at)
{
	size_t len = 1;
	if ((unsigned char)*at >= 0xC0)
		while (((unsigned char)at[len] & 0xC0) == 0x80)
			len++;
	return len;
}

/* ---- the grammar ---- */

/* Whether what comes now may be left out, or comes again. */
struct repeat {
	bool optional, any;
};

static size_t repeat_len(const char *at)
{
	if (*at && strchr("?*+", *at))
		return 1;
	size_t numbers = *at == '{' ? strspn(at + 1, "0123456789, ") : 0;
	return numbers && at[1 + numbers] == '}' ? numbers + 2 : 0;
}

static struct repeat take_repeat(struct parser *parser)
{
	struct repeat repeat = { 0 };
	const char *at = parser->at;
	size_t len = repeat_len(at);
	if (len == 0)
		return repeat;
	repeat = (struct repeat){
		*at == '?' || *at == '*' || (*at == '{' && strspn(at + 1, "0 ") >= strspn(at + 1, "0123456789 ")), true
	};
	at += len;
	parser->at = at + (*at == '?' || *at == '+');
	parser->lost |= repeat_len(parser->at) > 0;
	return repeat;
}

static void skip_class(struct parser *parser)
{
	const char *at = parser->at + 1;
	at += *at == '^';
	at += *at == ']';
	for (; *at && *at != ']'; at++) {
		if (*at == '\\' && at[1]) {
			parser->lost |= at[1] == 'Q' || at[1] == 'E';
			at++;
		} else if (*at == '[' && (at[1] == ':' || at[1] == '.' || at[1] == '=')) {
			const char *end = strstr(at + 2, "]");
			at = end && end[-1] == at[1] ? end : at;
		}
	}
	parser->lost |= !*at;
	parser->at = at + (*at != '\0');
}

static struct needles take_alternatives(struct parser *parser);

static struct needles take_group(struct parser *parser)
{
	parser->at++;
	if (parser->at[0] == '*' || (parser->at[0] == '?' && parser->at[1] != ':'))
		parser->lost = true;
	else if (parser->at[0] == '?')
		parser->at += 2;
	struct needles set = parser->lost ? (struct needles){ 0 } : take_alternatives(parser);
	if (*parser->at == ')')
		parser->at++;
	else
		parser->lost = true;
	return set;
}

/* Behind a backslash. True: it is a literal character. */
static bool take_escape(struct parser *parser)
{
	char c = *++parser->at;
	bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), is_digit = c >= '0' && c <= '9';
	if (!is_letter && !is_digit && c)
		return true;
	bool is_named = c == 'N' && parser->at[1] == '{'; /* \N{U+41} is a character, \N alone is any */
	if (is_letter && !is_named && strchr("dDwWsShHvVNRbBAzZG", c))
		parser->at++;
	else
		parser->lost = true;
	return false;
}

static struct needles take_branch(struct parser *parser)
{
	struct needles best = { 0 };
	struct needle run = { .len = 0 };
	while (!parser->lost && *parser->at && *parser->at != '|' && *parser->at != ')') {
		struct needles group = { 0 };
		const char *literal = NULL;
		if (*parser->at == '(')
			group = take_group(parser);
		else if (*parser->at == '[')
			skip_class(parser);
		else if (strchr(".^$", *parser->at))
			parser->at++;
		else if (*parser->at != '\\' || take_escape(parser))
			literal = parser->at;
		size_t len = literal ? character_len(literal) : 0;
		parser->at += len;
		struct repeat repeat = take_repeat(parser);
		if (literal && !repeat.optional)
			add_character(parser, literal, len, &run, &best);
		if (!literal || repeat.any)
			end_run(&run, &best);
		if (group.nr && !repeat.optional)
			take_better(&best, &group);
	}
	end_run(&run, &best);
	return best;
}

static struct needles take_alternatives(struct parser *parser)
{
	if (++parser->depth > DEPTH_MAX)
		parser->lost = true;
	struct needles set = take_branch(parser);
	while (!parser->lost && *parser->at == '|') {
		parser->at++;
		struct needles other = take_branch(parser);
		take_both(&set, &other);
	}
	parser->depth--;
	return set;
}

static struct needles of_fixed(const struct parser *parser)
{
	struct needles best = { 0 };
	struct needle run = { .len = 0 };
	for (const char *at = parser->at; *at; at += character_len(at))
		add_character(parser, at, character_len(at), &run, &best);
	end_run(&run, &best);
	return best;
}

void needles_find(const char *text, bool fixed, bool ignore_case, struct needles *out)
{
	bool says_so = !fixed && !strncmp(text, IGNORE_CASE, sizeof IGNORE_CASE - 1);
	struct parser parser = { .at = text + (says_so ? sizeof IGNORE_CASE - 1 : 0),
				 .ignore_case = ignore_case || says_so };
	*out = fixed ? of_fixed(&parser) : take_alternatives(&parser);
	out->any_case = parser.ignore_case;
	if (parser.lost || (!fixed && *parser.at) || shortest(out) < LEAST)
		out->nr = 0;
}
