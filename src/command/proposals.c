/* What may stand at a place of a line, by its kind. */
#include "command/proposals.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/place.h"
#include "command/selector.h"
#include "command/settings.h"
#include "command/topics.h"
#include "model/container.h"
#include "runtime/runtime.h"
#include "base/banned.h"

#define WORD_MAX 4096 /* bytes of a candidate that anyone would want to see in a list */
#define NOTE_MAX 256
#define VALUES_MAX 64

extern char **environ;

/* A name that would not look on the screen as it is cannot be told from another, and is not offered. */
static bool is_printable(const char *text)
{
	SCOPED(buf_release) struct buf shown = BUF_INIT(WORD_MAX);

	text_add_safe(&shown, text, strlen(text), false);
	return strcmp(buf_text(&shown), text) == 0;
}

static bool begins_as_typed(const struct proposals *proposals, const char *word)
{
	return strncmp(word, proposals->prefix, strlen(proposals->prefix)) == 0;
}

static void add(struct proposals *proposals, const char *note, const char *word)
{
	if (!begins_as_typed(proposals, word) || !is_printable(word))
		return;
	if (proposals->nr == proposals->room) {
		proposals->room = proposals->room > 0 ? proposals->room * 2 : 64;
		proposals->items = xrealloc(proposals->items, proposals->room * sizeof(*proposals->items));
	}
	proposals->items[proposals->nr] = (struct proposal){
		.word = arena_text(&proposals->arena, word),
		.note = *note != '\0' ? arena_text(&proposals->arena, note) : "",
		.order = proposals->nr,
	};
	proposals->nr++;
}

static void PRINTF_LIKE(3, 4) addf(struct proposals *proposals, const char *note, const char *format, ...)
{
	char word[WORD_MAX];
	va_list args;

	va_start(args, format);
	int len = vsnprintf(word, sizeof(word), format, args);
	va_end(args);
	if (len > 0 && (size_t)len < sizeof(word))
		add(proposals, note, word);
}

static void add_words(struct proposals *proposals, const char *lead, const char *const *words, const char *suffix)
{
	for (; words != NULL && *words != NULL; words++)
		addf(proposals, "", "%s%s%s", lead, *words, suffix);
}

/* The default one, unless the command was put behind another: "podman stop ". NULL: not known. */
static const char *present_runtime(const struct proposals *proposals)
{
	return proposals->call->prefix != NULL ? proposals->call->prefix->name : proposals->source->runtime;
}

static bool is_lacked_here(const struct proposals *proposals, const char *lacked_by)
{
	const char *runtime = present_runtime(proposals);

	return runtime != NULL && is_lacked(lacked_by, runtime);
}

/* ---- commands and options ---- */

/* "connect, create, disconnect, …" */
static void note_seconds(const char *first, char *note, size_t size)
{
	SCOPED(strvec_release) struct strvec seconds = STRVEC_INIT;
	size_t len = 0;

	command_second_words(first, &seconds);
	*note = '\0';
	for (size_t i = 0; i < seconds.nr && len < size; i++)
		len += (size_t)snprintf(note + len, size - len, "%s%s", i > 0 ? ", " : "", seconds.items[i]);
}

void propose_commands(struct proposals *proposals)
{
	SCOPED(strvec_release) struct strvec firsts = STRVEC_INIT;
	char note[NOTE_MAX];

	for (size_t i = 0; commands[i] != NULL; i++) {
		if (!(commands[i]->flags & COMMAND_HIDDEN) && strchr(commands[i]->name, ' ') == NULL &&
		    !is_lacked_here(proposals, commands[i]->lacked_by))
			add(proposals, commands[i]->summary, commands[i]->name);
	}
	command_first_words(&firsts);
	for (size_t i = 0; i < firsts.nr; i++) {
		note_seconds(firsts.items[i], note, sizeof(note));
		add(proposals, note, firsts.items[i]);
	}
	for (size_t i = 0; proposals->source->aliases != NULL && i < proposals->source->aliases->nr; i++) {
		const char *definition = proposals->source->aliases->items[i];

		addf(proposals, strchr(definition, '=') + 1, "%.*s", (int)strcspn(definition, "="), definition);
	}
}

void propose_second_words(struct proposals *proposals, const char *first)
{
	SCOPED(strvec_release) struct strvec seconds = STRVEC_INIT;

	command_second_words(first, &seconds);
	for (size_t i = 0; i < seconds.nr; i++) {
		const struct command *command = command_find_two(first, seconds.items[i]);

		if (command != NULL && !is_lacked_here(proposals, command->lacked_by))
			add(proposals, command->summary, seconds.items[i]);
	}
}

static bool is_used_up(const struct invocation *call, const struct option *option)
{
	for (size_t i = 0; i < call->given_nr && !option->many; i++) {
		if (call->given[i].option == option)
			return true;
	}
	return false;
}

void propose_options(struct proposals *proposals)
{
	for (const struct option *option = NULL; (option = next_option(proposals->call->command, option)) != NULL;) {
		if (!is_used_up(proposals->call, option) && !is_lacked_here(proposals, option->lacked_by))
			addf(proposals, option->help, "--%s", option->name);
	}
	add(proposals, "explain this command", "--help");
}

/* ---- what engines hold ---- */

static const struct seen_list *seen_list(struct proposals *proposals, const char *runtime, enum seen_kind kind)
{
	const struct complete_source *source = proposals->source;
	const struct seen_list *list = source->seen != NULL ? source->seen(source->arg, runtime, kind) : NULL;
	int64_t age_ms = list != NULL ? monotonic_ms() - list->at_ms : 0;

	if (age_ms > 2 * seen_every_ms(kind) && age_ms > proposals->old_ms)
		proposals->old_ms = age_ms;
	return list;
}

static const struct seen_list *seen_here(struct proposals *proposals, enum seen_kind kind)
{
	return seen_list(proposals, present_runtime(proposals), kind);
}

/* "podman:" that the word begins with; NULL: it does not. */
static const struct runtime *typed_runtime(const struct proposals *proposals)
{
	const char *name;

	return runtime_prefix(proposals->prefix, &name);
}

/* `suffix` is behind each: "web:" is where a path in it follows. */
static void add_containers(struct proposals *proposals, unsigned states, const char *suffix)
{
	const struct runtime *typed = typed_runtime(proposals);
	const struct seen_list *list =
		seen_list(proposals, typed != NULL ? typed->name : present_runtime(proposals), SEEN_CONTAINERS);

	if (states == 0)
		states = STATES_ANY;
	for (size_t i = 0; list != NULL && i < list->nr; i++) {
		const struct seen *one = &list->items[i];

		if (states & (1u << one->state))
			addf(proposals, one->note, "%s%s%s%s", typed != NULL ? typed->name : "",
			     typed != NULL ? ":" : "", one->name, suffix);
	}
}

/* All of a kind, with `lead` before and `suffix` behind each. */
static void add_seen(struct proposals *proposals, enum seen_kind kind, const char *lead, const char *suffix)
{
	const struct seen_list *list = seen_here(proposals, kind);

	for (size_t i = 0; list != NULL && i < list->nr; i++)
		addf(proposals, list->items[i].note, "%s%s%s", lead, list->items[i].name, suffix);
}

/* Those that are always there cannot be removed. */
static void add_networks(struct proposals *proposals)
{
	const struct seen_list *list = seen_here(proposals, SEEN_NETWORKS);
	bool destroys = proposals->call->command->flags & COMMAND_DESTROYS;

	for (size_t i = 0; list != NULL && i < list->nr; i++) {
		if (!destroys || !list->items[i].builtin)
			add(proposals, list->items[i].note, list->items[i].name);
	}
}

/* ---- labels ---- */

/* The labels of one thing: in "a=b,c=d,e" a comma may be in a value, too, where no = follows. */
struct label {
	const char *text;
	size_t len, key_len;
};

static bool next_label(const char **labels, struct label *out)
{
	const char *text = *labels;
	size_t len = strcspn(text, ",");

	if (*text == '\0')
		return false;
	while (text[len] == ',' && strcspn(text + len + 1, ",") <= strcspn(text + len + 1, "="))
		len += 1 + strcspn(text + len + 1, ",");
	*out = (struct label){ text, len, strcspn(text, "=") < len ? strcspn(text, "=") : len };
	*labels = text + len + (text[len] == ',');
	return true;
}

static bool is_there(const struct proposals *proposals, const char *word)
{
	for (size_t i = 0; i < proposals->nr; i++) {
		if (strcmp(proposals->items[i].word, word) == 0)
			return true;
	}
	return false;
}

/* Keys, and once a key is typed whole its values. */
static void add_label(struct proposals *proposals, const char *lead, const struct label *label)
{
	char word[WORD_MAX];
	size_t lead_len = strlen(lead), typed = strlen(proposals->prefix);
	bool wants_value = typed > lead_len && strchr(proposals->prefix + lead_len, '=') != NULL;

	snprintf(word, sizeof(word), "%s%.*s%s", lead, (int)(wants_value ? label->len : label->key_len), label->text,
		 wants_value ? "" : "=");
	if (begins_as_typed(proposals, word) && (wants_value || !is_there(proposals, word)))
		add(proposals, "", word);
}

static void add_labels(struct proposals *proposals, const char *lead, enum seen_kind kind)
{
	const struct seen_list *list = seen_here(proposals, kind);

	for (size_t i = 0; list != NULL && i < list->nr; i++) {
		const char *labels = list->items[i].labels;
		struct label label;

		while (next_label(&labels, &label))
			add_label(proposals, lead, &label);
	}
}

/* ---- what several have in common ---- */

/* "@shop" */
static void add_projects(struct proposals *proposals)
{
	const struct seen_list *list = seen_here(proposals, SEEN_CONTAINERS);

	for (size_t i = 0; list != NULL && i < list->nr; i++) {
		const char *labels = list->items[i].labels;
		struct label label;

		while (next_label(&labels, &label)) {
			if (label.key_len < label.len && selector_names_project(label.text, label.key_len))
				addf(proposals, "a project of compose", "@%.*s", (int)(label.len - label.key_len - 1),
				     label.text + label.key_len + 1);
		}
	}
}

/* Once somebody has begun to say one. */
static void add_selectors(struct proposals *proposals)
{
	if (*proposals->prefix == '@')
		add_projects(proposals);
	else if (strncmp(proposals->prefix, "label=", 6) == 0)
		add_labels(proposals, "label=", SEEN_CONTAINERS);
}

/* ---- filters ---- */

static void add_states(struct proposals *proposals, const char *lead)
{
	for (enum container_state state = CONTAINER_UNKNOWN + 1; state <= CONTAINER_DEAD; state++)
		addf(proposals, "", "%s%s", lead, container_state_name(state));
}

static void add_happenings(struct proposals *proposals, const char *lead)
{
	for (enum container_happening what = HAPPENED_OTHER + 1; what <= HAPPENED_DESTROY; what++)
		addf(proposals, "", "%s%s", lead, happening_word(what));
}

/* What a list is of that is filtered. */
static enum seen_kind filtered(enum kind kind)
{
	switch (kind) {
	case KIND_IMAGE_FILTER:
		return SEEN_IMAGES;
	case KIND_NETWORK_FILTER:
		return SEEN_NETWORKS;
	case KIND_VOLUME_FILTER:
		return SEEN_VOLUMES;
	default:
		return SEEN_CONTAINERS;
	}
}

/* What stands behind "status=": words, or names of a kind. */
static const struct filter_key {
	const char *key;
	const char *const *words;
	enum seen_kind names;
} filter_keys[] = {
	{ "health=", (const char *const[]){ "healthy", "none", "starting", "unhealthy", NULL } },
	{ "dangling=", (const char *const[]){ "false", "true", NULL } },
	{ "is-task=", (const char *const[]){ "false", "true", NULL } },
	{ "type=", (const char *const[]){ "builtin", "custom", NULL } },
	{ "scope=", (const char *const[]){ "global", "local", "swarm", NULL } },
	{ "driver=", (const char *const[]){ "bridge", "host", "ipvlan", "local", "macvlan", "null", "overlay", NULL } },
	{ "container=", NULL, SEEN_CONTAINERS },
	{ "network=", NULL, SEEN_NETWORKS },
	{ "volume=", NULL, SEEN_VOLUMES },
	{ "ancestor=", NULL, SEEN_IMAGES },
	{ "reference=", NULL, SEEN_IMAGES },
};

static const struct filter_key *filter_key(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(filter_keys); i++) {
		if (strcmp(filter_keys[i].key, key) == 0)
			return &filter_keys[i];
	}
	return NULL;
}

/* Behind the key, which is typed with its =. */
static void add_filtered(struct proposals *proposals, enum kind kind, const char *key)
{
	static const char *const by_name[] = { "name=", "before=", "since=", NULL };
	const struct filter_key *known = filter_key(key);

	if (strcmp(key, "label=") == 0 || strcmp(key, "label!=") == 0)
		add_labels(proposals, key, filtered(kind));
	else if (strcmp(key, "status=") == 0)
		add_states(proposals, key);
	else if (strcmp(key, "event=") == 0)
		add_happenings(proposals, key);
	else if (known != NULL && known->words != NULL)
		add_words(proposals, key, known->words, "");
	else if (known != NULL)
		add_seen(proposals, known->names, key, "");
	for (const char *const *name = by_name; *name != NULL; name++) {
		if (strcmp(*name, key) == 0)
			add_seen(proposals, filtered(kind), key, "");
	}
}

static void add_filters(struct proposals *proposals, enum kind kind)
{
	size_t len = strcspn(proposals->prefix, "=");
	char key[VALUES_MAX];

	if (proposals->prefix[len] == '\0') {
		add_words(proposals, "", kind_words(kind), "=");
	} else if (len + 2 <= sizeof(key)) {
		snprintf(key, sizeof(key), "%.*s", (int)len + 1, proposals->prefix);
		add_filtered(proposals, kind, key);
	}
}

/* ---- the other kinds ---- */

/* "container:web" */
static void add_sharers(struct proposals *proposals)
{
	const struct seen_list *list = seen_here(proposals, SEEN_CONTAINERS);

	for (size_t i = 0; list != NULL && i < list->nr; i++)
		addf(proposals, list->items[i].note, "container:%s", list->items[i].name);
}

static void add_listed(struct proposals *proposals, void (*list)(void *arg, struct strvec *out), const char *note,
		       const char *suffix)
{
	SCOPED(strvec_release) struct strvec names = STRVEC_INIT;

	if (list == NULL)
		return;
	list(proposals->source->arg, &names);
	for (size_t i = 0; i < names.nr; i++)
		addf(proposals, note, "%s%s", names.items[i], suffix);
}

/* Of those with a container behind it that was said before, an object's is the one that --type names. */
static bool may_be(const struct proposals *proposals, const char *type)
{
	const char *given = invocation_value(proposals->call, "type");

	return given == NULL || strcmp(given, type) == 0;
}

static void add_objects(struct proposals *proposals)
{
	if (may_be(proposals, "container"))
		add_containers(proposals, STATES_ANY, "");
	if (may_be(proposals, "image"))
		add_seen(proposals, SEEN_IMAGES, "", "");
	if (may_be(proposals, "network"))
		add_seen(proposals, SEEN_NETWORKS, "", "");
	if (may_be(proposals, "volume"))
		add_seen(proposals, SEEN_VOLUMES, "", "");
}

/* Names only: what they are set to may be nobody's business. */
static void add_variables(struct proposals *proposals)
{
	for (char **variable = environ; variable != NULL && *variable != NULL; variable++)
		addf(proposals, "", "%.*s", (int)strcspn(*variable, "="), *variable);
}

static void add_settings(struct proposals *proposals)
{
	for (const struct option *option = program.options; option->name != NULL; option++) {
		if (option->scope != SCOPE_NONE)
			add(proposals, option->help, option->name);
	}
}

/* Of the setting that stands before it. */
static void add_setting_values(struct proposals *proposals)
{
	static const char *const switches[] = { "on", "off", NULL };
	struct error ignored;
	const struct option *option = setting_option(proposals->call->words.items[0], &ignored);

	if (option != NULL && option->kind == KIND_FLAG)
		add_words(proposals, "", switches, "");
	else if (option != NULL)
		propose_values(proposals, option);
}

static void add_topics(struct proposals *proposals)
{
	for (const struct topic *topic = topics; topic->name != NULL; topic++)
		add(proposals, topic->summary, topic->name);
}

static bool runs(struct proposals *proposals, const char *runtime, const char *name, size_t len)
{
	const struct seen_list *list = seen_list(proposals, runtime, SEEN_CONTAINERS);

	for (size_t i = 0; list != NULL && i < list->nr; i++) {
		if (strlen(list->items[i].name) == len && strncmp(list->items[i].name, name, len) == 0)
			return list->items[i].state == CONTAINER_RUNNING;
	}
	return false;
}

/* Behind "web:/etc/", where a container is called so and runs. */
static void add_paths(struct proposals *proposals)
{
	const struct complete_source *source = proposals->source;
	const char *typed = proposals->prefix, *name, *slash = strrchr(typed, '/');
	const struct runtime *before = typed_runtime(proposals);
	const char *runtime = before != NULL ? before->name : present_runtime(proposals);
	char directory[SEEN_PLACE_MAX];
	struct place place;

	if (source->paths == NULL || slash == NULL || !place_read(typed, &place) || place.container == NULL || slash < place.path)
		return;
	runtime_prefix(typed, &name);
	size_t name_len = (size_t)(place.container + place.container_len - name);
	if (name >= place.path || !runs(proposals, runtime, name, name_len))
		return;
	int len = snprintf(directory, sizeof(directory), "%.*s:%s%.*s", (int)name_len, name, *place.path == '/' ? "" : "/",
			   (int)(slash + 1 - place.path), place.path);
	const struct seen_list *list =
		(size_t)len < sizeof(directory) ? source->paths(source->arg, runtime, directory) : NULL;
	for (size_t i = 0; list != NULL && i < list->nr; i++)
		addf(proposals, "", "%.*s%s", (int)(slash + 1 - typed), typed, list->items[i].name);
}

static void add_of_kind(struct proposals *proposals, enum kind kind)
{
	switch (kind) {
	case KIND_COMMAND:
		propose_commands(proposals);
		add_topics(proposals);
		break;
	case KIND_IMAGE:
		add_seen(proposals, SEEN_IMAGES, "", "");
		break;
	case KIND_CONTAINER:
	case KIND_PEER:
		add_containers(proposals, STATES_ANY, "");
		break;
	case KIND_LOG:
		add_containers(proposals, STATES_ANY, "");
		if (typed_runtime(proposals) == NULL)
			add_listed(proposals, proposals->source->stored, "gone", "");
		break;
	case KIND_PLACE:
		add_containers(proposals, STATES_ANY, ":");
		add_paths(proposals);
		break;
	case KIND_NETWORK:
		add_networks(proposals);
		break;
	case KIND_SHARED:
		add_sharers(proposals);
		break;
	case KIND_VOLUME_NAME:
		add_seen(proposals, SEEN_VOLUMES, "", "");
		break;
	case KIND_VOLUME:
		add_seen(proposals, SEEN_VOLUMES, "", ":");
		break;
	case KIND_LABEL:
		add_labels(proposals, "", SEEN_CONTAINERS);
		break;
	case KIND_ENV:
		add_variables(proposals);
		break;
	case KIND_CONTEXT:
	case KIND_DRAFT:
		add_listed(proposals, proposals->source->drafts, "draft", "");
		break;
	case KIND_OPTION:
		add_settings(proposals);
		break;
	case KIND_VALUE:
		add_setting_values(proposals);
		break;
	case KIND_RUNTIME:
		add_listed(proposals, proposals->source->runtimes, "", "");
		break;
	case KIND_OBJECT:
		add_objects(proposals);
		break;
	case KIND_FILTER:
	case KIND_IMAGE_FILTER:
	case KIND_NETWORK_FILTER:
	case KIND_VOLUME_FILTER:
	case KIND_PRUNE_FILTER:
	case KIND_EVENT_FILTER:
		add_filters(proposals, kind);
		break;
	default:
		add_words(proposals, "", kind_words(kind), "");
	}
}

void propose_values(struct proposals *proposals, const struct option *option)
{
	add_of_kind(proposals, option->kind);
	if (option->kind == KIND_NETWORK)
		add_sharers(proposals);
	add_words(proposals, "", option->words, "");
}

void propose_operands(struct proposals *proposals, const struct operand *operand)
{
	if (operand->kind == KIND_CONTAINER)
		add_containers(proposals, operand->states, "");
	else
		add_of_kind(proposals, operand->kind);
	if (operand->kind == KIND_CONTAINER || operand->kind == KIND_OBJECT)
		add_selectors(proposals);
	if (proposals->call->words.nr == 0) /* "logs verify", where "logs" is there */
		propose_second_words(proposals, proposals->call->command->name);
}

void propose_leads(struct proposals *proposals, enum kind kind)
{
	if (*proposals->prefix == '\0')
		return;
	if (kind == KIND_CONTAINER || kind == KIND_LOG || kind == KIND_OBJECT)
		add_listed(proposals, proposals->source->runtimes, "", ":");
	if (kind == KIND_CONTAINER || kind == KIND_OBJECT)
		add(proposals, "all that have this label", "label=");
}
