/* The kinds of values that commands have besides a container's own (model/value.c), and the check of any kind. */
#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/moment.h"
#include "command/command.h"
#include "command/place.h"
#include "command/prompt.h"
#include "command/selector.h"
#include "command/words.h"
#include "logs/logname.h"
#include "model/container.h"
#include "model/value.h"
#include "runtime/runtime.h"
#include "base/banned.h"

#define DIGITS "0123456789"

static const char *const runtime_names[] = { "docker", "nerdctl", "podman", NULL };
static const char *const formats[] = { "table", "json", NULL };
static const char *const old_formats[] = { "table", "json", "{{json .}}", NULL }; /* docker's, before it had json */
static const char *const forms[] = { "run", "json", NULL };
static const char *const conditions[] = { "exited", "running", "healthy", NULL };
static const char *const object_types[] = { "container", "image", "network", "volume", NULL };
static const char *const event_filters[] = { "container", "event", "label", NULL };
static const char *const whens[] = { "auto", "always", "never", NULL };
static const char *const whose[] = { "all", "mine", "off", NULL };
static const char *const keys[] = { "emacs", "vi", NULL };
static const char *const runs[] = { "last", "-2", NULL };

/* Of all lists, over all runtimes: what is taken. */
static const char *const filters[] = {
	"ancestor", "before",  "dangling", "driver",    "exited", "expose", "health", "id",   "is-task", "isolation", "label", "name",
	"network",  "pod",     "publish",  "reference", "scope",  "since",  "status", "type", "until",   "volume",    NULL,
};

/* Of each list: what is offered. */
static const char *const container_filters[] = {
	"ancestor", "before", "exited", "expose", "health", "id", "is-task", "label", "name", "network", "publish", "since", "status", "volume", NULL,
};
static const char *const image_filters[] = { "before", "dangling", "label", "reference", "since", "until", NULL };
static const char *const network_filters[] = { "dangling", "driver", "id", "label", "name", "scope", "type", "until", NULL };
static const char *const volume_filters[] = { "dangling", "driver", "label", "name", NULL };
static const char *const prune_filters[] = { "label", "label!", "until", NULL };

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "_.-"

static bool is_place(const char *value)
{
	struct place place;

	return *value != '\0' && place_read(value, &place);
}

/* "web", "web@2", "podman:web@2"; or a word that stands for several */
static bool is_log(const char *value)
{
	size_t len;

	if (selector_read(value).form != SELECTS_NAME)
		return selector_valid(value);
	runtime_prefix(value, &value);
	len = strspn(value, NAME_LETTERS);
	if (!value_is_word(value) || len == 0)
		return false;
	return value[len] == '\0' || (value[len] == '@' && value_is_number(value + len + 1, INT_MAX) && value[len + 1] != '0');
}

static bool is_run(const char *value)
{
	return strcmp(value, "last") == 0 || (value[0] == '-' && value_is_number(value + 1, INT_MAX) && value[1] != '0');
}

static bool is_files(const char *value)
{
	return value_is_number(value, INT_MAX) && strtoul(value, NULL, 10) >= 2;
}

static bool is_tail(const char *value)
{
	return value_is_number(value, INT_MAX) || strcmp(value, "all") == 0;
}

static bool is_address(const char *value)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, value, address) == 1 || inet_pton(AF_INET6, value, address) == 1;
}

static bool is_subnet(const char *value)
{
	const char *slash = strchr(value, '/');
	char address[INET6_ADDRSTRLEN];
	size_t len = slash != NULL ? (size_t)(slash - value) : sizeof(address);

	if (len >= sizeof(address))
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)len, value);
	return is_address(address) && value_is_number(slash + 1, strchr(address, ':') != NULL ? 128 : 32);
}

/* These two mean something else to every runtime. */
static bool is_network_name(const char *value)
{
	return value_is_word(value) && value[strspn(value, NAME_LETTERS)] == '\0' && strchr("_.", *value) == NULL &&
	       strcmp(value, "host") != 0 && strcmp(value, "none") != 0;
}

/* "status=exited"; podman also has "label!=key". */
static bool is_filter(const char *value)
{
	size_t len = strcspn(value, "=");

	if (value[len] != '=')
		return false;
	if (len > 0 && value[len - 1] == '!')
		len--;
	for (const char *const *key = filters; *key != NULL; key++) {
		if (strlen(*key) == len && memcmp(*key, value, len) == 0)
			return true;
	}
	return false;
}

static bool is_interval(const char *value)
{
	size_t whole = strspn(value, DIGITS), fraction = value[whole] == '.' ? strspn(value + whole + 1, DIGITS) : 0;
	bool is_number = whole > 0 && value[whole + (value[whole] == '.') + fraction] == '\0' && (value[whole] != '.' || fraction > 0);

	return is_number && strtod(value, NULL) >= 0.1 && strtod(value, NULL) <= 86400;
}

static bool is_object(const char *value)
{
	return value_is_word(value) || selector_valid(value);
}

static bool is_object_type(const char *value)
{
	return value_is_among(value, object_types);
}

static bool is_event(const char *word)
{
	for (enum container_happening what = HAPPENED_OTHER + 1; what <= HAPPENED_DESTROY; what++)
		if (strcmp(happening_word(what), word) == 0)
			return true;
	return false;
}

static bool is_event_filter(const char *value)
{
	struct error ignored;

	if (strncmp(value, "event=", 6) == 0)
		return is_event(value + 6);
	return (strncmp(value, "container=", 10) == 0 && value[10] != '\0') || (strncmp(value, "label=", 6) == 0 && value_check(KIND_LABEL, "", value + 6, &ignored) == 0);
}

static bool is_list_of_words(const char *value)
{
	struct words words;
	struct error ignored;

	if (words_split(value, strlen(value), WORDS_WHOLE, &words, &ignored) < 0)
		return false;
	bool whole = !words.ended;
	words_release(&words);
	return whole;
}

static bool is_format(const char *value)
{
	return value_is_among(value, old_formats);
}

static bool is_template(const char *value)
{
	return is_format(value) || strstr(value, "{{") != NULL;
}

static bool is_form(const char *value)
{
	return value_is_among(value, forms);
}

static bool is_condition(const char *value)
{
	return value_is_among(value, conditions) || (strncmp(value, "log ", 4) == 0 && value[4] != '\0');
}

static bool is_positive(const char *value)
{
	return value_is_number(value, INT_MAX) && strtoul(value, NULL, 10) > 0;
}

static bool is_when(const char *value)
{
	return value_is_among(value, whens);
}

static bool is_whose(const char *value)
{
	return value_is_among(value, whose);
}

static bool is_keys(const char *value)
{
	return value_is_among(value, keys);
}

static bool is_filled(const char *value)
{
	return *value != '\0';
}

#define A_FILTER "KEY=VALUE with a key docker knows: name, status, label, ancestor, …"

static const struct value_rule rules[KIND_REST + 1] = {
	[KIND_WORDS] = { is_list_of_words, "words as at the prompt, with their quotes closed", NULL },
	[KIND_CONTAINER] = { selector_valid,
			     "a name or an id: letters, digits, _ . - (and * ? for a pattern), or RUNTIME:NAME; label=KEY[=VALUE], @PROJECT or -",
			     NULL },
	[KIND_PLACE] = { is_place, "CONTAINER:PATH, a path here (./a:b where its name has a colon), or -", NULL },
	[KIND_LOG] = { is_log, "a name, NAME@2 for the one before of that name, an id, or RUNTIME:NAME; a pattern, label=KEY[=VALUE], @PROJECT or -", NULL },
	[KIND_CONTEXT] = { is_filled, "a path, an address, - or a draft's name", NULL },
	[KIND_COMMAND] = { is_filled, "a command's name", NULL },
	[KIND_RUNTIME] = { is_filled, "docker, nerdctl or podman", runtime_names },
	[KIND_TAIL] = { is_tail, "a whole number or all", NULL },
	[KIND_RUN] = { is_run, "last, -1 for the same, -2 for the one before …", runs },
	[KIND_FILES] = { is_files, "a whole number, 2 or more: the last line of one tells where the next goes on",
			 NULL },
	[KIND_NETWORK_NAME] = { is_network_name,
				"letters, digits, _ . -, first a letter or digit, and neither host nor none", NULL },
	[KIND_VOLUME_NAME] = { value_is_word, "a volume's name", NULL },
	[KIND_SUBNET] = { is_subnet, "ADDRESS/LENGTH: 10.1.0.0/16, fd00::/64", NULL },
	[KIND_ADDRESS] = { is_address, "one of IPv4 or IPv6: 10.1.0.1, fd00::1", NULL },
	[KIND_FILTER] = { is_filter, A_FILTER, container_filters },
	[KIND_IMAGE_FILTER] = { is_filter, A_FILTER, image_filters },
	[KIND_NETWORK_FILTER] = { is_filter, A_FILTER, network_filters },
	[KIND_VOLUME_FILTER] = { is_filter, A_FILTER, volume_filters },
	[KIND_PRUNE_FILTER] = { is_filter, A_FILTER, prune_filters },
	[KIND_AS] = { is_form, "run or json", forms },
	[KIND_DRAFT] = { container_name_valid, "letters, digits, _ . -, two or more, first a letter or digit", NULL },
	[KIND_CONDITION] = { is_condition, "exited, running, healthy or 'log TEXT'", conditions },
	[KIND_OBJECT] = { is_object, "the name or the id of a container, an image, a network or a volume", NULL },
	[KIND_OBJECT_TYPE] = { is_object_type, "container, image, network or volume", object_types },
	[KIND_EVENT_FILTER] = { is_event_filter,
				"container=NAME, label=KEY[=VALUE], or event= and one of docker's words: create, start, die, …",
				event_filters },
	[KIND_INTERVAL] = { is_interval, "seconds, from 0.1 to 86400: 2, 0.5", NULL },
	[KIND_POSITIVE] = { is_positive, "a whole number, 1 or more", NULL },
	[KIND_WHEN] = { is_when, "auto, always or never", whens },
	[KIND_PROMPT] = { prompt_valid, PROMPT_WORDS_HELP, NULL },
	[KIND_WHOSE] = { is_whose, "all, mine or off", whose },
	[KIND_KEYS] = { is_keys, "emacs or vi", keys },
	[KIND_OPTION] = { is_filled, "a setting's name", NULL },
	[KIND_FORMAT] = { is_format, "table or json", formats },
	[KIND_TEMPLATE] = { is_template, "table, json or a template: {{.Name}}", formats },
};

static const struct value_rule *rule_of(enum kind kind)
{
	return rules[kind].accepts != NULL ? &rules[kind] : value_rule(kind);
}

static int check_since(const char *what, const char *value, struct error *err)
{
	moment ignored;

	if (moment_parse_since(value, moment_now(), &ignored, err) < 0)
		return error_wrap(err, "%s", what);
	return 0;
}

int kind_check(enum kind kind, const char *what, const char *value, struct error *err)
{
	if (kind == KIND_SINCE)
		return check_since(what, value, err);
	if (kind == KIND_LOG_NAME)
		return log_template_check(value, err) < 0 ? error_wrap(err, "%s", what) : 0;
	return value_check_by(rule_of(kind), kind, what, value, err);
}

const char *const *kind_words(enum kind kind)
{
	return rule_of(kind)->words;
}
