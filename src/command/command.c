/* Finding a command's row, and argv → a call of it. */
#include "command/command.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "runtime/runtime.h"
#include "base/banned.h"

struct parser {
	const struct strvec *argv;
	size_t at, name_words; /* the word that is parsed; how many of them are the command's name */
	enum parse_mode mode;
	bool options_ended;
	struct invocation call;
	struct error *err;
};

/* Lists of the table have no fixed length: what ends them is a row without a name, or none at all. */
static const struct option *first_of(const struct option *options)
{
	return options != NULL && options->name != NULL ? options : NULL;
}

const struct option *next_option(const struct command *command, const struct option *option)
{
	const struct option *last = command->options;

	if (option == NULL) {
		option = first_of(command->options);
		return option != NULL ? option : first_of(command->more_options);
	}
	if (option[1].name != NULL)
		return option + 1;
	while (last != NULL && last->name != NULL && last != option)
		last++;
	return last == option ? first_of(command->more_options) : NULL;
}

static const struct operand *first_operand(const struct command *command)
{
	static const struct operand none[] = { { 0 } };

	return command->operands != NULL ? command->operands : none;
}

static bool has_prefix(const char *text, const char *prefix)
{
	return text != NULL && strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_called(const struct command *command, const char *name)
{
	return strcmp(command->name, name) == 0 || (command->alias != NULL && strcmp(command->alias, name) == 0);
}

static bool may_stand_for(const struct command *command, const char *prefix)
{
	if ((command->flags & (COMMAND_HIDDEN | COMMAND_PREFIX | COMMAND_THROUGH)) || strchr(command->name, ' ') != NULL)
		return false;
	return has_prefix(command->name, prefix) || has_prefix(command->alias, prefix);
}

/* The rows that `prefix` may stand for; *first is one of them. */
static size_t count_abbreviated(const char *prefix, const struct command **first)
{
	size_t count = 0;

	*first = NULL;
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (!may_stand_for(commands[i], prefix))
			continue;
		if (count++ == 0)
			*first = commands[i];
	}
	return count;
}

const struct command *command_find(const char *name, bool abbreviate)
{
	const struct command *command;

	for (size_t i = 0; commands[i] != NULL; i++) {
		if (is_called(commands[i], name))
			return commands[i];
	}
	if (!abbreviate || *name == '\0' || count_abbreviated(name, &command) != 1)
		return NULL;
	return command->flags & COMMAND_DESTROYS ? NULL : command;
}

/* docker's management commands: what is said of containers and images without them, too. A word that means another command has that behind it. */
static const struct family {
	const char *first;
	struct {
		const char *second, *means; /* NULL: the same */
	} words[32];
} families[] = {
	{ "container",
	  { { "ls", "ps" }, { "list", "ps" }, { "ps", NULL }, { "attach", NULL }, { "commit", NULL }, { "cp", NULL }, { "create", NULL },
	    { "diff", NULL }, { "exec", NULL }, { "export", NULL }, { "inspect", NULL }, { "kill", NULL }, { "logs", NULL }, { "pause", NULL },
	    { "port", NULL }, { "rename", NULL }, { "restart", NULL }, { "rm", NULL }, { "remove", "rm" }, { "run", NULL }, { "start", NULL },
	    { "stats", NULL }, { "stop", NULL }, { "top", NULL }, { "unpause", NULL }, { "update", NULL }, { "wait", NULL } } },
	{ "image",
	  { { "ls", "images" }, { "list", "images" }, { "build", NULL }, { "import", NULL }, { "load", NULL }, { "pull", NULL },
	    { "push", NULL }, { "rm", "rmi" }, { "remove", "rmi" }, { "save", NULL }, { "tag", NULL } } },
	{ "network", { { "list", "network ls" }, { "remove", "network rm" } } },
	{ "volume", { { "list", "volume ls" }, { "remove", "volume rm" } } },
};

static const struct family *find_family(const char *first)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (strcmp(families[i].first, first) == 0)
			return &families[i];
	}
	return NULL;
}

static const struct command *find_in_family(const struct family *family, const char *second)
{
	for (size_t i = 0; family != NULL && family->words[i].second != NULL; i++) {
		if (strcmp(family->words[i].second, second) == 0)
			return command_find(family->words[i].means != NULL ? family->words[i].means : second, false);
	}
	return NULL;
}

static bool leads_anywhere(const struct family *family)
{
	size_t i = 0;

	while (family->words[i].second != NULL && find_in_family(family, family->words[i].second) == NULL)
		i++;
	return family->words[i].second != NULL;
}

void command_first_words(struct strvec *out)
{
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (leads_anywhere(&families[i]))
			strvec_push(out, families[i].first);
	}
	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *blank = strchr(commands[i]->name, ' ');

		if (blank != NULL)
			strvec_pushf(out, "%.*s", (int)(blank - commands[i]->name), commands[i]->name);
	}
}

void command_second_words(const char *first, struct strvec *out)
{
	const struct family *family = find_family(first);
	size_t len = strlen(first);

	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strncmp(commands[i]->name, first, len) == 0 && commands[i]->name[len] == ' ')
			strvec_push(out, commands[i]->name + len + 1);
	}
	for (size_t i = 0; family != NULL && family->words[i].second != NULL; i++) {
		if (find_in_family(family, family->words[i].second) != NULL)
			strvec_push(out, family->words[i].second);
	}
}

const struct command *command_find_two(const char *first, const char *second)
{
	size_t len = strlen(first);

	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *name = commands[i]->name;

		if (strncmp(name, first, len) == 0 && name[len] == ' ' && strcmp(name + len + 1, second) == 0)
			return commands[i];
	}
	return find_in_family(find_family(first), second);
}

static const char *nearest(const char *typed, const struct strvec *words)
{
	return words->nr > 0 ? text_nearest(typed, (const char *const *)words->items) : NULL;
}

static int refuse_ambiguous(const char *prefix, struct error *err)
{
	char names[200] = "";
	size_t len = 0;

	for (size_t i = 0; commands[i] != NULL; i++) {
		if (may_stand_for(commands[i], prefix) && len < sizeof(names))
			len += (size_t)snprintf(names + len, sizeof(names) - len, " %s", commands[i]->name);
	}
	return error_set(err, ERROR_USAGE, "'%.80s' may stand for more than one command:%s", prefix, names);
}

/* Of those with these flags, which may be none, and never what is hidden. */
static void push_names(struct strvec *names, unsigned flags)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		if ((commands[i]->flags & (COMMAND_HIDDEN | COMMAND_THROUGH)) != flags)
			continue;
		strvec_push(names, commands[i]->name);
		if (commands[i]->alias != NULL)
			strvec_push(names, commands[i]->alias);
	}
}

/* "network", "network remvoe" */
static int refuse_second(const char *first, const char *second, const struct strvec *words, struct error *err)
{
	const char *meant = second != NULL ? nearest(second, words) : NULL;
	char known[200] = "";
	size_t len = 0;

	if (meant != NULL)
		return error_set(err, ERROR_USAGE, "unknown command '%.60s %.60s'; did you mean '%s %s'?", first, second, first, meant);
	for (size_t i = 0; i < words->nr && len < sizeof(known); i++)
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", i > 0 ? ", " : "", words->items[i]);
	return error_set(err, ERROR_USAGE, "%s: say what, one of %s", first, known);
}

static int refuse_unknown(const char *name, struct error *err)
{
	SCOPED(strvec_release) struct strvec names = STRVEC_INIT;
	SCOPED(strvec_release) struct strvec theirs = STRVEC_INIT;
	const char *meant;

	push_names(&names, 0);
	command_first_words(&names);
	push_names(&theirs, COMMAND_THROUGH);
	meant = nearest(name, &names);
	if (meant == NULL)
		meant = nearest(name, &theirs);
	if (meant == NULL)
		return error_set(err, ERROR_USAGE, "unknown command '%.80s' (help lists them)", name);
	return error_set(err, ERROR_USAGE, "unknown command '%.80s'; did you mean '%s'? (help lists them)", name,
			 meant);
}

static int refuse_command(const struct strvec *argv, bool abbreviate, struct error *err)
{
	const char *name = argv->nr > 0 ? argv->items[0] : "";
	SCOPED(strvec_release) struct strvec seconds = STRVEC_INIT;
	const struct command *command;

	command_second_words(name, &seconds);
	if (seconds.nr > 0)
		return refuse_second(name, argv->nr > 1 ? argv->items[1] : NULL, &seconds, err);
	size_t count = abbreviate && *name != '\0' ? count_abbreviated(name, &command) : 0;

	if (count > 1)
		return refuse_ambiguous(name, err);
	if (count == 1)
		return error_set(err, ERROR_USAGE, "'%.80s' is not enough: %s destroys and is never abbreviated", name,
				 command->name);
	return refuse_unknown(name, err);
}

static bool is_named(const char *known, const char *name, size_t len)
{
	return known && strlen(known) == len && !memcmp(known, name, len);
}

static const struct option *find_long(const struct command *command, const char *name, size_t len)
{
	for (const struct option *option = NULL; (option = next_option(command, option)) != NULL;) {
		if (is_named(option->name, name, len) || is_named(option->also, name, len))
			return option;
	}
	return NULL;
}

static const struct option *find_letter(const struct command *command, char letter)
{
	for (const struct option *option = NULL; (option = next_option(command, option)) != NULL;) {
		if (option->letter == letter)
			return option;
	}
	return NULL;
}

static bool is_unsupported(const struct command *command, const char *name, size_t len)
{
	for (const char *const *known = command->unsupported; known != NULL && *known != NULL; known++) {
		if (strlen(*known) == len && memcmp(*known, name, len) == 0)
			return true;
	}
	return false;
}

static int refuse_option(const struct parser *parser, const char *name, size_t len)
{
	const struct command *command = parser->call.command;
	SCOPED(strvec_release) struct strvec names = STRVEC_INIT;
	char typed[64];
	const char *meant;

	snprintf(typed, sizeof(typed), "%.*s", len < sizeof(typed) ? (int)len : (int)sizeof(typed), name);
	if (is_unsupported(command, name, len))
		return error_set(parser->err, ERROR_USAGE, "--%s is an option of docker that purser does not know yet",
				 typed);
	for (const struct option *option = NULL; (option = next_option(command, option)) != NULL;)
		strvec_push(&names, option->name);
	meant = nearest(typed, &names);
	if (meant == NULL)
		return error_set(parser->err, ERROR_USAGE, "unknown option --%s (help %s lists them)", typed,
				 command->name);
	return error_set(parser->err, ERROR_USAGE, "unknown option --%s; did you mean --%s?", typed, meant);
}

static int refuse_letter(const struct parser *parser, const char *word, const char *letter)
{
	const struct command *command = parser->call.command;
	int len = 1;

	while (((unsigned char)letter[len] & 0xC0) == 0x80)
		len++;
	if (find_long(command, word + 1, strcspn(word + 1, "=")) != NULL)
		return error_set(parser->err, ERROR_USAGE, "unknown option %.80s; did you mean -%.80s?", word, word);
	return error_set(parser->err, ERROR_USAGE, "unknown option -%.*s%s%.80s (help %s lists them)", len, letter,
			 letter > word + 1 ? " in " : "", letter > word + 1 ? word : "", command->name);
}

static bool is_under_cursor(const struct parser *parser)
{
	return parser->mode == PARSE_PARTIAL && parser->at + 1 == parser->argv->nr;
}

static bool checks(const struct parser *parser)
{
	return parser->mode == PARSE_WHOLE && parser->call.command->check == NULL;
}

static int check_value(const struct parser *parser, const struct option *option, const char *value)
{
	char what[64];

	snprintf(what, sizeof(what), "--%s", option->name);
	return kind_check(option->kind, what, value, parser->err);
}

/* Where the option's value goes: over the one before, unless it may be given many times. NULL: no room. */
static struct given *place_for(struct invocation *call, const struct option *option)
{
	for (size_t i = 0; i < call->given_nr && !option->many; i++) {
		if (call->given[i].option == option)
			return &call->given[i];
	}
	return call->given_nr < GIVEN_MAX ? &call->given[call->given_nr++] : NULL;
}

static int give(struct parser *parser, const struct option *option, const char *value)
{
	struct given *place;

	if (checks(parser) && check_value(parser, option, value) < 0)
		return -1;
	place = place_for(&parser->call, option);
	if (place != NULL)
		*place = (struct given){ .option = option, .value = value };
	else if (parser->mode == PARSE_WHOLE)
		return error_set(parser->err, ERROR_USAGE, "more than %d options", GIVEN_MAX);
	return 0;
}

static int give_or_await(struct parser *parser, const struct option *option, const char *value)
{
	if (!is_under_cursor(parser))
		return give(parser, option, value);
	parser->call.wants_option = false;
	parser->call.awaited = option;
	parser->call.awaited_prefix = value;
	return 0;
}

/* `attached` is the value in the option's own word, or NULL: a flag is then on, another's value is the next word. */
/* Behind this word comes none, or an option: no value. */
static bool nothing_follows(const struct parser *parser)
{
	const char *next = parser->at + 1 < parser->argv->nr ? parser->argv->items[parser->at + 1] : NULL;

	return next == NULL || (*next == '-' && next[1] != '\0');
}

static int take_option(struct parser *parser, const struct option *option, const char *attached)
{
	if (attached != NULL)
		return give_or_await(parser, option, attached);
	if (is_under_cursor(parser))
		return 0;
	if (option->kind == KIND_FLAG)
		return give(parser, option, "true");
	if (parser->at + 1 == parser->argv->nr)
		return error_set(parser->err, ERROR_USAGE, "--%s needs a value: --%s %s", option->name, option->name,
				 option->value_name);
	parser->at++;
	return give_or_await(parser, option, parser->argv->items[parser->at]);
}

static int parse_long(struct parser *parser, const char *word)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const struct option *option = find_long(parser->call.command, name, len);

	if (option != NULL)
		return take_option(parser, option, name[len] == '=' ? name + len + 1 : NULL);
	if (strcmp(name, "help") == 0)
		parser->call.help = true;
	else if (parser->mode == PARSE_WHOLE)
		return refuse_option(parser, name, len);
	else if (name[len] == '=')
		parser->call.wants_option = false;
	return 0;
}

/* The value that is written in the same word as its letter: -n5, -n=5, -f=false. */
static const char *attached_to(const struct option *option, const char *letter)
{
	if (letter[1] == '=')
		return letter + 2;
	return option->kind != KIND_FLAG && letter[1] != '\0' ? letter + 1 : NULL;
}

static int take_unknown_letter(struct parser *parser, const char *word, const char *letter)
{
	if (*letter == 'h')
		parser->call.help = true;
	else if (parser->mode == PARSE_WHOLE)
		return refuse_letter(parser, word, letter);
	return 0;
}

static int parse_letters(struct parser *parser, const char *word)
{
	for (const char *letter = word + 1; *letter != '\0'; letter++) {
		const struct option *option = find_letter(parser->call.command, *letter);
		const char *attached;

		if (option == NULL)
			return take_unknown_letter(parser, word, letter);
		attached = attached_to(option, letter);
		if (attached == NULL && option->alone != NULL && nothing_follows(parser))
			option = find_long(parser->call.command, option->alone, strlen(option->alone));
		if (take_option(parser, option, attached) < 0)
			return -1;
		if (attached != NULL || option->kind != KIND_FLAG)
			return 0;
	}
	return 0;
}

/* The operand that the word number `index` (from 0) is, or NULL where there are too many. */
static const struct operand *operand_at(const struct command *command, size_t index)
{
	const struct operand *operand = first_operand(command);

	while (operand->name != NULL && operand->max != 0 && index >= operand->max) {
		index -= operand->max;
		operand++;
	}
	return operand->name != NULL ? operand : NULL;
}

static int check_operand(const struct parser *parser, const struct operand *operand, const char *word)
{
	const struct command *command = parser->call.command;

	if (operand != NULL)
		return kind_check(operand->kind, operand->name, word, parser->err);
	return error_set(parser->err, ERROR_USAGE, "'%.80s' is one word too many (help %s shows its use)", word,
			 command->name);
}

static int take_operand(struct parser *parser, const char *word)
{
	const struct operand *operand = operand_at(parser->call.command, parser->call.words.nr);

	if (is_under_cursor(parser)) {
		parser->call.next = operand;
		return 0;
	}
	if (checks(parser) && check_operand(parser, operand, word) < 0)
		return -1;
	strvec_push(&parser->call.words, word);
	operand = operand_at(parser->call.command, parser->call.words.nr);
	if (operand != NULL && operand->kind == KIND_REST)
		parser->options_ended = true; /* they would be that command's */
	return 0;
}

static int parse_word(struct parser *parser, const char *word)
{
	if (parser->options_ended || word[0] != '-')
		return take_operand(parser, word);
	parser->call.wants_option = is_under_cursor(parser); /* unless there is a value in it, too */
	if (strcmp(word, "-") == 0)
		return parser->call.wants_option ? 0 : take_operand(parser, word);
	if (strcmp(word, "--") == 0) {
		parser->options_ended = true;
		return 0;
	}
	return word[1] == '-' ? parse_long(parser, word) : parse_letters(parser, word);
}

static int refuse_missing(const struct operand *operand, struct error *err)
{
	const char *article = strchr("AEIOU", operand->name[0]) != NULL ? "an" : "a";

	if (operand->max == 1)
		return error_set(err, ERROR_USAGE, "needs %s %s", article, operand->name);
	if (operand->min == 1)
		return error_set(err, ERROR_USAGE, "needs at least one %s", operand->name);
	return error_set(err, ERROR_USAGE, "needs %s %u times", operand->name, operand->min);
}

static int check_operands_complete(const struct parser *parser)
{
	size_t left = parser->call.words.nr;

	for (const struct operand *operand = first_operand(parser->call.command); operand->name != NULL; operand++) {
		if (left < operand->min)
			return refuse_missing(operand, parser->err);
		left -= operand->max == 0 || left < operand->max ? left : operand->max;
	}
	return 0;
}

static int parse_words(struct parser *parser)
{
	for (parser->at = parser->name_words; parser->at < parser->argv->nr; parser->at++) {
		if (parse_word(parser, parser->argv->items[parser->at]) < 0)
			return -1;
		if (parser->call.help && parser->mode == PARSE_WHOLE)
			return 0;
	}
	return parser->mode == PARSE_WHOLE ? check_operands_complete(parser) : 0;
}

static int parse_rest(struct parser *parser)
{
	if (parse_words(parser) < 0)
		return error_wrap(parser->err, "%s", parser->call.command->name);
	return 0;
}

/* Where it is under the cursor. */
static int await_second(struct parser *parser, const char *first)
{
	SCOPED(strvec_release) struct strvec seconds = STRVEC_INIT;

	command_second_words(first, &seconds);
	if (seconds.nr > 0 && parser->argv->nr == 2)
		parser->call.group = first;
	return 0;
}

static int parse_call(struct parser *parser, bool abbreviate)
{
	const char *name = parser->argv->nr > 0 ? parser->argv->items[0] : "";

	if (parser->mode == PARSE_PARTIAL && parser->argv->nr <= 1) {
		parser->call.wants_command = parser->argv->nr == 1;
		return 0;
	}
	/* Where the second word is still being typed it may become anything. */
	if (parser->argv->nr > (parser->mode == PARSE_PARTIAL ? 2 : 1))
		parser->call.command = command_find_two(name, parser->argv->items[1]);
	parser->name_words = parser->call.command != NULL ? 2 : 1;
	if (parser->call.command == NULL)
		parser->call.command = command_find(name, abbreviate);
	if (parser->call.command == NULL)
		return parser->mode == PARSE_WHOLE ? refuse_command(parser->argv, abbreviate, parser->err) : await_second(parser, name);
	parser->options_ended = parser->call.command->flags & COMMAND_THROUGH;
	return parse_rest(parser);
}

/* Hands over the call, or frees what a failed parse left of it. */
static int finish(struct parser *parser, int failed, struct invocation *out)
{
	static char *const none[] = { NULL };

	if (failed) {
		invocation_release(&parser->call);
		return -1;
	}
	*out = parser->call;
	out->operands_nr = out->words.nr;
	out->operands = out->words.nr > 0 ? out->words.items : none;
	return 0;
}

size_t command_words_before(const struct command *prefix)
{
	size_t nr = 1;

	for (const struct operand *operand = first_operand(prefix); operand->name != NULL && operand->kind != KIND_REST; operand++)
		nr += operand->max;
	return nr;
}

/* The command that the cursor is in is what counts for completion, not what was put before it. */
static const struct command *prefix_of(const struct strvec *argv, enum parse_mode mode)
{
	const struct command *command = mode == PARSE_PARTIAL && argv->nr > 1 ? command_find(argv->items[0], false) : NULL;

	return command != NULL && (command->flags & COMMAND_PREFIX) && argv->nr > command_words_before(command) ? command : NULL;
}

int command_parse(const struct strvec *argv, enum parse_mode mode, bool abbreviate, struct invocation *out,
		  struct error *err)
{
	const struct command *prefix = NULL;
	struct strvec rest = *argv;
	struct error ignored;

	for (const struct command *next = prefix_of(argv, mode); next != NULL; next = prefix_of(&rest, mode)) {
		size_t before = command_words_before(next);

		if (runtime_find(next->name, &ignored) != NULL) /* others are put before a command, too */
			prefix = next;
		rest.items += before;
		rest.nr -= before;
	}
	struct parser parser = { .argv = &rest, .mode = mode, .call = { .prefix = prefix }, .err = err };

	return finish(&parser, parse_call(&parser, abbreviate), out);
}

int command_parse_as(const struct command *command, const struct strvec *argv, enum parse_mode mode, struct invocation *out,
		     struct error *err)
{
	struct parser parser = { .argv = argv, .name_words = 1, .mode = mode, .call = { .command = command }, .err = err };

	return finish(&parser, parse_rest(&parser), out);
}

void invocation_release(struct invocation *call)
{
	strvec_release(&call->words);
	call->operands = NULL;
	call->operands_nr = 0;
}

static const struct given *last_given(const struct invocation *call, const char *option)
{
	for (size_t i = call->given_nr; i > 0; i--) {
		if (strcmp(call->given[i - 1].option->name, option) == 0)
			return &call->given[i - 1];
	}
	return NULL;
}

const char *invocation_value(const struct invocation *call, const char *option)
{
	const struct given *given = last_given(call, option);

	return given != NULL ? given->value : NULL;
}

bool invocation_has(const struct invocation *call, const char *option)
{
	const struct given *given = last_given(call, option);

	return given != NULL && (given->option->kind != KIND_FLAG || strcmp(given->value, "true") == 0);
}
