#include "command/settings.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/words.h"
#include "model/value.h"
#include "runtime/runtime.h"
#include "base/banned.h"

#define VARIABLE_MAX 64

/* What other programs go by, too. The config file counts more, as it is purser's own. */
static const struct custom {
	const char *name, *variable;
	const char *value; /* NULL: the variable's own */
} customs[] = {
	{ "color", "NO_COLOR", "never" },
	{ "pager", "PAGER", NULL },
};

void sources_release(struct sources *sources)
{
	strvec_release(&sources->set);
}

/* ---- finding ---- */

const struct option *setting_option(const char *name, struct error *err)
{
	SCOPED(strvec_release) struct strvec names = STRVEC_INIT;
	for (const struct option *option = program.options; option->name; option++) {
		if (option->scope == SCOPE_NONE)
			continue;
		if (!strcmp(option->name, name))
			return option;
		strvec_push(&names, option->name);
	}
	const char *meant = text_nearest(name, (const char *const *)names.items);
	error_set(err, ERROR_USAGE, "unknown setting '%.80s'", name);
	if (meant)
		error_set(err, ERROR_USAGE, "unknown setting '%.80s'; did you mean '%s'?", name, meant);
	return NULL;
}

/* log-dir → PURSER_LOG_DIR */
static void variable_name(const char *name, char out[VARIABLE_MAX])
{
	size_t len = (size_t)snprintf(out, VARIABLE_MAX, "PURSER_");
	for (; *name && len + 1 < VARIABLE_MAX; name++)
		out[len++] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
	out[len] = '\0';
}

static const char *variable_value(const struct option *option)
{
	char variable[VARIABLE_MAX];
	if (option->scope == SCOPE_CALL)
		return NULL;
	variable_name(option->name, variable);
	const char *value = getenv(variable);
	return value && *value ? config_spelling(option, value) : NULL;
}

static const struct custom *find_custom(const struct option *option)
{
	for (size_t i = 0; i < ARRAY_LEN(customs); i++) {
		const char *value = strcmp(customs[i].name, option->name) ? NULL : getenv(customs[i].variable);
		if (value && *value)
			return &customs[i];
	}
	return NULL;
}

static const char *custom_value(const struct option *option)
{
	const struct custom *custom = find_custom(option);
	if (!custom)
		return NULL;
	return custom->value ? custom->value : getenv(custom->variable);
}

/* The item "name=…"; NULL. */
static char **find_set(const struct sources *sources, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < sources->set.nr; i++)
		if (!strncmp(sources->set.items[i], name, len) && sources->set.items[i][len] == '=')
			return &sources->set.items[i];
	return NULL;
}

static const char *set_value(const struct sources *sources, const char *name)
{
	char **item = find_set(sources, name);
	return item ? *item + strlen(name) + 1 : NULL;
}

struct setting setting_find(const struct sources *sources, const struct option *option)
{
	const struct {
		enum origin origin;
		const char *value;
	} said[] = {
		{ ORIGIN_SET, set_value(sources, option->name) },
		{ ORIGIN_LINE, invocation_value(sources->line, option->name) },
		{ ORIGIN_VARIABLE, variable_value(option) },
		{ ORIGIN_CONFIG, invocation_value(&sources->config->call, option->name) },
		{ ORIGIN_CUSTOM, custom_value(option) },
	};
	for (size_t i = 0; i < ARRAY_LEN(said); i++)
		if (said[i].value)
			return (struct setting){ option, said[i].value, said[i].origin };
	return (struct setting){ option, option->initial, ORIGIN_DEFAULT };
}

/* Where a name is written in this file, it is one. */
static struct setting find_called(const struct sources *sources, const char *name)
{
	const struct option *option = program.options;
	while (strcmp(option->name, name) != 0)
		option++;
	return setting_find(sources, option);
}

/* ---- showing ---- */

static void add_given(const struct invocation *call, const char *name, struct strvec *out)
{
	for (size_t i = 0; i < call->given_nr; i++)
		if (!strcmp(call->given[i].option->name, name))
			strvec_push(out, call->given[i].value);
}

/* All that were given in the place that counts. */
static void values_of(const struct sources *sources, const struct setting *setting, struct strvec *out)
{
	if (setting->origin == ORIGIN_LINE)
		add_given(sources->line, setting->option->name, out);
	else if (setting->origin == ORIGIN_CONFIG)
		add_given(&sources->config->call, setting->option->name, out);
	else if (setting->value)
		strvec_push(out, setting->value);
}

/* Each in quotes where it would be one line of words otherwise. */
static void add_words(const char *value, struct strvec *out)
{
	struct words words;
	struct error ignored;
	if (words_split(value, strlen(value), WORDS_WHOLE, &words, &ignored) < 0)
		return;
	for (size_t i = 0; i < words.argv.nr; i++)
		strvec_push(out, words.argv.items[i]);
	words_release(&words);
}

static void all_words(const struct sources *sources, const struct setting *setting, struct strvec *out)
{
	SCOPED(strvec_release) struct strvec values = STRVEC_INIT;
	values_of(sources, setting, &values);
	for (size_t i = 0; i < values.nr; i++)
		add_words(values.items[i], out);
}

void setting_show(const struct sources *sources, const struct setting *setting, struct buf *out)
{
	SCOPED(strvec_release) struct strvec words = STRVEC_INIT;
	if (setting->option->kind == KIND_FLAG) {
		buf_add_text(out, setting->value && !strcmp(setting->value, "true") ? "on" : "off");
	} else if (setting->option->many) {
		all_words(sources, setting, &words);
		strvec_quote(&words, out);
	} else if (setting->value) {
		buf_add_text(out, setting->value);
	}
}

void setting_show_origin(const struct sources *sources, const struct setting *setting, struct buf *out)
{
	static const char *const texts[] = { [ORIGIN_DEFAULT] = "default", [ORIGIN_LINE] = "command line", [ORIGIN_SET] = "set" };
	char variable[VARIABLE_MAX];
	switch (setting->origin) {
	case ORIGIN_CUSTOM:
		buf_add_text(out, find_custom(setting->option)->variable);
		break;
	case ORIGIN_VARIABLE:
		variable_name(setting->option->name, variable);
		buf_add_text(out, variable);
		break;
	case ORIGIN_CONFIG:
		buf_printf(out, "%s:%s", sources->config->path, config_line(sources->config, setting->option->name));
		break;
	default:
		buf_add_text(out, texts[setting->origin]);
	}
}

/* ---- checking and reading ---- */

static int check_variable(const struct option *option, struct error *err)
{
	char variable[VARIABLE_MAX];
	const char *value = variable_value(option);
	variable_name(option->name, variable);
	return value ? kind_check(option->kind, variable, value, err) : 0;
}

int settings_check(const struct sources *sources, struct error *err)
{
	static const char *const of_rotation[] = { "log-max-files", "log-compress", "log-max-total" };
	for (const struct option *option = program.options; option->name; option++)
		if (option->scope != SCOPE_NONE && check_variable(option, err) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_LEN(of_rotation) && !find_called(sources, "log-max-size").value; i++) {
		struct setting setting = find_called(sources, of_rotation[i]);
		if (setting.value && strcmp(setting.value, "false") != 0)
			return error_set(err, ERROR_USAGE, "--%s: only rotated files are compressed or deleted; give --log-max-size", of_rotation[i]);
	}
	return 0;
}

static const char *text_of(const struct sources *sources, const char *name)
{
	return find_called(sources, name).value;
}

static bool is_on(const struct sources *sources, const char *name)
{
	const char *value = text_of(sources, name);
	return value && !strcmp(value, "true");
}

static unsigned number_of(const struct sources *sources, const char *name)
{
	const char *value = text_of(sources, name);
	return value ? (unsigned)strtoul(value, NULL, 10) : 0;
}

static off_t size_of(const struct sources *sources, const char *name)
{
	const char *value = text_of(sources, name);
	int64_t size = 0;
	if (value)
		text_size(value, 1024, &size);
	return size;
}

/* Which word of the kind it is. */
static unsigned choice_of(const struct sources *sources, const char *name)
{
	struct setting setting = find_called(sources, name);
	const char *const *words = kind_words(setting.option->kind);
	unsigned at = 0;
	while (words[at] && strcmp(words[at], setting.value) != 0)
		at++;
	return at;
}

struct settings settings_read(const struct sources *sources)
{
	struct setting runtime = find_called(sources, "runtime");
	return (struct settings){
		.runtime = runtime.value,
		.runtime_by = runtime.origin,
		.transport = text_of(sources, "transport"),
		.log_dir = text_of(sources, "log-dir"),
		.keeping = {
			.template = text_of(sources, "log-name"),
			.max_size = size_of(sources, "log-max-size"),
			.max_files = number_of(sources, "log-max-files"),
			.pack = is_on(sources, "log-compress"),
			.max_total = size_of(sources, "log-max-total"),
		},
		.read_engine_files = is_on(sources, "read-engine-files"),
		.keep_going = is_on(sources, "keep-going"),
		.dry_run = is_on(sources, "dry-run"),
		.yes = is_on(sources, "yes"),
		.quiet = is_on(sources, "quiet"),
		.json = is_on(sources, "json"),
		.color = choice_of(sources, "color"),
		.plain = is_on(sources, "plain"),
		.notify = choice_of(sources, "notify"),
		.prompt = text_of(sources, "prompt"),
		.suggest = is_on(sources, "suggest"),
		.pager = text_of(sources, "pager"),
		.parallel = number_of(sources, "parallel"),
		.keys = text_of(sources, "keys"),
		.history = number_of(sources, "history"),
		.readonly = is_on(sources, "readonly"),
	};
}

void settings_set(struct sources *sources, const struct option *option, const char *value)
{
	char **item = find_set(sources, option->name);
	char *before = item ? xstrdup(*item) : NULL;
	strvec_pushf(&sources->set, "%s=%s", option->name, value);
	if (before)
		strvec_drop(&sources->set, before);
	free(before);
}

/* ---- words for the runtimes' CLIs ---- */

static void take_words(const struct sources *sources, const char *runtime, const char *suffix, struct strvec *out)
{
	char name[32];
	snprintf(name, sizeof name, "%s-%s", runtime, suffix);
	struct setting setting = find_called(sources, name);
	all_words(sources, &setting, out);
}

void settings_take_arguments(const struct sources *sources)
{
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		take_words(sources, (*runtime)->name, "args", &runtime_arguments(*runtime)->always);
		take_words(sources, (*runtime)->name, "run-args", &runtime_arguments(*runtime)->create);
	}
}

void settings_release_arguments(void)
{
	for (const struct runtime *const *runtime = runtimes; *runtime; runtime++) {
		strvec_release(&runtime_arguments(*runtime)->always);
		strvec_release(&runtime_arguments(*runtime)->create);
	}
}
