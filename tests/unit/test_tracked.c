#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs/tracked.h"
#include "scratch.h"
#include "suite.h"

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define IDS 16
#define TURNS 4000

static struct tracked_table *table;
static const struct runtime *docker, *podman;
static struct error err;

static void setup(void)
{
	docker = runtime_find("docker", &err);
	podman = runtime_find("podman", &err);
	table = tracked_new(&err);
	ck_assert_ptr_nonnull(table);
}

static void teardown(void)
{
	tracked_free(table);
}

static bool rings(int bell)
{
	struct pollfd fd = { .fd = bell, .events = POLLIN };
	bool ringing = poll(&fd, 1, 0) > 0;
	if (ringing)
		bell_clear(bell);
	return ringing;
}

static struct tracked get(const char *id)
{
	struct tracked copy;
	ck_assert(tracked_get(table, id, &copy));
	return copy;
}

static bool add(const struct runtime *runtime, const char *id, const char *name, bool remove)
{
	struct store_entry entry = { .remove = remove };
	snprintf(entry.id, sizeof entry.id, "%s", id);
	snprintf(entry.name, sizeof entry.name, "%s", name);
	return tracked_add(table, runtime, &entry);
}

START_TEST(phases_have_names)
{
	ck_assert_str_eq(phase_name(PHASE_WAITING), "waiting");
	ck_assert_str_eq(phase_name(PHASE_GONE), "gone");
	for (int phase = PHASE_WAITING; phase <= PHASE_GONE; phase++)
		ck_assert_ptr_nonnull(phase_name((enum phase)phase));
}
END_TEST

START_TEST(entries_are_added_got_and_dropped)
{
	struct tracked copy, *all;
	ck_assert(!tracked_get(table, ID_A, &copy));
	ck_assert(!tracked_drop(table, ID_A));
	rings(tracked_work_bell(table));
	ck_assert(add(docker, ID_A, "web", false));
	ck_assert(rings(tracked_work_bell(table)));
	ck_assert(!rings(tracked_news_bell(table)));
	ck_assert(!add(podman, ID_A, "other", true)); /* it stays as it is */
	copy = get(ID_A);
	ck_assert_str_eq(copy.name, "web");
	ck_assert_ptr_eq(copy.runtime, docker);
	ck_assert(!copy.remove_when_complete && copy.phase == PHASE_WAITING && !copy.detailed);
	ck_assert(add(podman, ID_B, "api", true));
	ck_assert_uint_eq(tracked_all(table, &all), 2);
	ck_assert_str_eq(all[0].id, ID_A);
	ck_assert_str_eq(all[1].id, ID_B);
	ck_assert_uint_ne(all[0].generation, all[1].generation);
	free(all);
	ck_assert(tracked_drop(table, ID_A));
	ck_assert_uint_eq(tracked_all(table, &all), 1);
	ck_assert_str_eq(all[0].id, ID_B);
	free(all);
	ck_assert(tracked_drop(table, ID_B));
	ck_assert_uint_eq(tracked_all(table, &all), 0);
	free(all);
}
END_TEST

START_TEST(many_entries_keep_their_order)
{
	struct tracked *all;
	char id[CONTAINER_ID_LEN + 1];
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(id, sizeof id, "%064x", i);
		ck_assert(add(docker, id, "web", false));
	}
	for (unsigned i = 0; i < 1000; i += 3) {
		snprintf(id, sizeof id, "%064x", i);
		ck_assert(tracked_drop(table, id));
	}
	size_t nr = tracked_all(table, &all);
	ck_assert_uint_eq(nr, 666);
	for (size_t i = 1; i < nr; i++)
		ck_assert(strcmp(all[i - 1].id, all[i].id) < 0 && all[i - 1].generation < all[i].generation);
	free(all);
}
END_TEST

START_TEST(a_dropped_entry_gets_no_posts)
{
	add(docker, ID_A, "web", false);
	struct tracked old = get(ID_A);
	old.phase = PHASE_FOLLOWING;
	old.fresh = 5;
	rings(tracked_news_bell(table));
	ck_assert(tracked_post(table, &old));
	ck_assert(rings(tracked_news_bell(table)));
	ck_assert_uint_eq(get(ID_A).fresh, 5);
	tracked_drop(table, ID_A);
	ck_assert(!tracked_post(table, &old));
	add(docker, ID_A, "web", false); /* tracked anew: another generation */
	rings(tracked_news_bell(table));
	ck_assert(!tracked_post(table, &old));
	ck_assert(!rings(tracked_news_bell(table)));
	ck_assert_uint_eq(get(ID_A).fresh, 0);
	ck_assert_int_eq(get(ID_A).phase, PHASE_WAITING);
}
END_TEST

/* What the shell said while the collector worked on its copy. */
START_TEST(posts_leave_the_shells_words)
{
	add(docker, ID_A, "web", false);
	struct tracked found = get(ID_A);
	uint64_t ticket = tracked_ask_drain(table, ID_A);
	tracked_expect_end(table, ID_A);
	tracked_hurry(table, ID_A, true);
	found.phase = PHASE_FOLLOWING;
	ck_assert(tracked_post(table, &found));
	struct tracked now = get(ID_A);
	ck_assert_uint_eq(now.drain_asked, ticket);
	ck_assert(now.end_expected && now.hurry);
	ck_assert_int_eq(now.phase, PHASE_FOLLOWING);
	ck_assert(tracked_take_expected_end(table, ID_A));
	ck_assert(!tracked_take_expected_end(table, ID_A));
	ck_assert(!tracked_take_expected_end(table, ID_B));
	tracked_hurry(table, ID_A, false);
	ck_assert(!get(ID_A).hurry);
	tracked_hurry(table, ID_B, true); /* not there: nothing */
	tracked_expect_end(table, ID_B);
}
END_TEST

START_TEST(drains_have_tickets)
{
	ck_assert_uint_eq(tracked_ask_drain(table, ID_A), 0);
	add(docker, ID_A, "web", false);
	add(docker, ID_B, "api", false);
	struct tracked entry = get(ID_A);
	ck_assert(!tracked_settled(&entry));
	uint64_t first = tracked_ask_drain(table, ID_A), second = tracked_ask_drain(table, ID_A),
		 other = tracked_ask_drain(table, ID_B);
	ck_assert(first > 0 && second > first && other > second);
	ck_assert_int_eq(tracked_drained(table, ID_A, first, &err), 0);

	/* A poll that began after the first was asked for. */
	entry = get(ID_A);
	entry.phase = PHASE_FOLLOWING;
	entry.drain_done = first;
	tracked_post(table, &entry);
	ck_assert_int_eq(tracked_drained(table, ID_A, first, &err), 1);
	ck_assert_int_eq(tracked_drained(table, ID_A, second, &err), 0);
	ck_assert_int_eq(tracked_drained(table, ID_B, other, &err), 0);
	entry = get(ID_A);
	ck_assert(!tracked_settled(&entry));

	/* The next one fails: only who waits for that one is told. */
	entry.drain_failed = second;
	entry.phase = PHASE_TROUBLE;
	snprintf(entry.error, sizeof entry.error, "disk full");
	tracked_post(table, &entry);
	ck_assert_int_eq(tracked_drained(table, ID_A, first, &err), 1);
	ck_assert_int_eq(tracked_drained(table, ID_A, second, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "web"));
	ck_assert_ptr_nonnull(strstr(err.text, "disk full"));
	entry = get(ID_A);
	ck_assert(tracked_settled(&entry));

	/* A later success makes up for it. */
	uint64_t third = tracked_ask_drain(table, ID_A);
	entry = get(ID_A);
	entry.drain_done = third;
	tracked_post(table, &entry);
	ck_assert_int_eq(tracked_drained(table, ID_A, second, &err), 1);
	ck_assert_int_eq(tracked_drained(table, ID_A, third, &err), 1);

	/* Gone from the table counts as drained. */
	tracked_drop(table, ID_B);
	ck_assert_int_eq(tracked_drained(table, ID_B, other, &err), 1);
}
END_TEST

/* All that there are, one a line. */
static const char *told(void)
{
	static char text[64 * 1024];
	struct strvec lines = STRVEC_INIT;
	size_t len = 0;
	text[0] = '\0';
	tracked_take_notices(table, 80, &lines);
	for (size_t i = 0; i < lines.nr; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s\n", lines.items[i]);
	strvec_release(&lines);
	return text;
}

START_TEST(notices_come_in_order_and_once)
{
	ck_assert_int_eq(tracked_notices_wait_ms(table), -1);
	tracked_notify(table, "%s is %d", "first", 1);
	tracked_tell(table, NOTICE_EXITED, "web (3)", "web exited (3)");
	tracked_notify(table, "last");
	ck_assert(rings(tracked_news_bell(table)));
	ck_assert_int_ge(tracked_notices_wait_ms(table), 0);
	ck_assert_str_eq(told(), "first is 1\nweb exited (3)\nlast\n");
	ck_assert_str_eq(told(), "");
}
END_TEST

START_TEST(who_wants_none_is_told_nothing)
{
	ck_assert(!tracked_announces(table));
	tracked_announce(table, ANNOUNCE_NOTHING);
	ck_assert(tracked_announces(table));
	tracked_notify(table, "something");
	ck_assert_str_eq(told(), "");
	tracked_announce(table, ANNOUNCE_MINE);
	tracked_notify(table, "something");
	ck_assert_str_eq(told(), "something\n");
}
END_TEST

START_TEST(ends_of_what_is_not_tracked_are_expected_where_all_are_told_of)
{
	char id[CONTAINER_ID_LEN + 1];
	tracked_expect_end(table, ID_A);
	ck_assert(!tracked_take_expected_end(table, ID_A));
	tracked_announce(table, ANNOUNCE_ALL);
	tracked_expect_end(table, ID_A);
	ck_assert(tracked_take_expected_end(table, ID_A));
	ck_assert(!tracked_take_expected_end(table, ID_A));
	for (unsigned i = 0; i < 300; i++) {
		snprintf(id, sizeof id, "%064x", i);
		tracked_expect_end(table, id);
	}
	ck_assert(tracked_take_expected_end(table, id));
	snprintf(id, sizeof id, "%064x", 0);
	ck_assert(!tracked_take_expected_end(table, id)); /* the oldest gave way */
}
END_TEST

START_TEST(long_notices_are_cut)
{
	char *longer = xmalloc(5001);
	memset(longer, 'n', 5000);
	longer[5000] = '\0';
	tracked_notify(table, "%s", longer);
	ck_assert_uint_eq(strlen(told()), 256);
	free(longer);
}
END_TEST

static void see(const char *name, enum container_state state, struct container_list *list)
{
	list->items[list->nr++] = (struct container){ .id = ID_A, .name = name, .state = state };
}

/* "web:1 db:latest": the names of a kind, with the states asked for; "-" where nothing is known. */
static const char *seen_names(const struct runtime *runtime, enum seen_kind kind, unsigned states)
{
	static char names[256];
	SCOPED(seen_leave) struct seen_list *list = seen_take(table, runtime, kind);
	size_t len = 0;
	if (!list)
		return "-";
	*names = '\0';
	for (size_t i = 0; i < list->nr; i++)
		if (states & (1u << list->items[i].state))
			len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", len ? " " : "", list->items[i].name);
	return names;
}

START_TEST(what_is_seen)
{
	struct container rows[4];
	struct image images[4] = { { .repository = "web", .tag = "1" },
				   { .repository = "<none>", .tag = "<none>" },
				   { .repository = "db", .tag = "latest" },
				   { .repository = "x", .tag = "<none>" } };
	struct container_list list = { .items = rows };
	struct image_list image_list = { .items = images, .nr = 4 };

	ck_assert_ptr_null(seen_runtime(table));
	seen_choose_runtime(table, docker);
	ck_assert_ptr_eq(seen_runtime(table), docker);
	see("one", CONTAINER_RUNNING, &list);
	see("two", CONTAINER_EXITED, &list);
	see("three", CONTAINER_RUNNING, &list);
	seen_set(table, docker, SEEN_CONTAINERS, seen_of_containers(&list, 1));
	seen_set(table, docker, SEEN_IMAGES, seen_of_images(&image_list, 1));
	ck_assert_uint_eq(seen_running(table, docker), 2);
	ck_assert_str_eq(seen_names(docker, SEEN_CONTAINERS, STATE_BIT(RUNNING)), "one three");
	ck_assert_str_eq(seen_names(docker, SEEN_CONTAINERS, STATES_ANY), "one two three");
	ck_assert_str_eq(seen_names(docker, SEEN_IMAGES, STATES_ANY), "web:1 db:latest");
	ck_assert_str_eq(seen_names(docker, SEEN_NETWORKS, STATES_ANY), "-");
	seen_choose_runtime(table, podman); /* of the other nothing is forgotten */
	ck_assert_ptr_eq(seen_runtime(table), podman);
	ck_assert_uint_eq(seen_running(table, docker), 2);
}
END_TEST

START_TEST(what_is_said_of_it)
{
	struct container rows[] = { { .name = "web", .image = "nginx:1", .state = CONTAINER_PAUSED, .labels = "a=b" }, { .name = "x" } };
	struct image images[] = { { .repository = "web", .tag = "1", .size = "7MB", .created_since = "2 weeks ago" } };
	struct resource networks[] = { { .name = "back", .driver = "bridge", .labels = "c=d" }, { .name = "host", .driver = "host", .labels = "", .builtin = true } };
	SCOPED(seen_leave) struct seen_list *containers = seen_of_containers(&(struct container_list){ rows, 2, ARENA_INIT }, 7);
	SCOPED(seen_leave) struct seen_list *image = seen_of_images(&(struct image_list){ images, 1, ARENA_INIT }, 7);
	SCOPED(seen_leave) struct seen_list *network = seen_of_resources(&(struct resource_list){ networks, 2, ARENA_INIT }, 7);

	ck_assert_str_eq(containers->items[0].note, "paused, nginx:1");
	ck_assert_str_eq(containers->items[0].labels, "a=b");
	ck_assert_str_eq(containers->items[1].note, "unknown");
	ck_assert_int_eq(containers->at_ms, 7);
	ck_assert_str_eq(image->items[0].note, "7MB, 2 weeks ago");
	ck_assert_str_eq(network->items[0].note, "bridge");
	ck_assert_str_eq(network->items[0].labels, "c=d");
	ck_assert(!network->items[0].builtin && network->items[1].builtin);
}
END_TEST

START_TEST(what_is_to_be_listed_anew)
{
	ck_assert(!seen_take_asked(table, docker, SEEN_IMAGES));
	seen_ask_anew(table, docker, SEEN_IMAGES);
	ck_assert(!seen_take_asked(table, docker, SEEN_VOLUMES));
	ck_assert(!seen_take_asked(table, podman, SEEN_IMAGES));
	ck_assert(seen_take_asked(table, docker, SEEN_IMAGES));
	ck_assert(!seen_take_asked(table, docker, SEEN_IMAGES));
}
END_TEST

START_TEST(paths_in_a_container)
{
	char place[SEEN_PLACE_MAX];
	ck_assert(!seen_take_wanted(table, docker, place));
	seen_want_paths(table, docker, "web:/etc/");
	ck_assert(!seen_take_wanted(table, podman, place));
	ck_assert(seen_take_wanted(table, docker, place));
	ck_assert_str_eq(place, "web:/etc/");
	ck_assert_ptr_null(seen_take_paths(table, docker, "web:/etc/"));
	seen_set_paths(table, docker, place, seen_of_lines("passwd\nssl/\r\n\nlast", monotonic_ms()));
	SCOPED(seen_leave) struct seen_list *list = seen_take_paths(table, docker, "web:/etc/");
	ck_assert_uint_eq(list->nr, 3);
	ck_assert_str_eq(list->items[0].name, "passwd");
	ck_assert_str_eq(list->items[1].name, "ssl/");
	ck_assert_str_eq(list->items[2].name, "last");
	ck_assert_ptr_null(seen_take_paths(table, docker, "web:/"));
	seen_want_paths(table, docker, "web:/etc/"); /* just looked into */
	ck_assert(!seen_take_wanted(table, docker, place));
	seen_want_paths(table, docker, "web:/");
	ck_assert(seen_take_wanted(table, docker, place));
	seen_set_paths(table, docker, "web:/etc/", seen_of_lines("", monotonic_ms() - SEEN_PATHS_MS - 1));
	seen_want_paths(table, docker, "web:/etc/");
	ck_assert(seen_take_wanted(table, docker, place));
}
END_TEST

/* Who holds a list has it as it was, whatever was seen since. */
START_TEST(what_is_held_stays)
{
	struct container row;
	struct container_list list = { .items = &row };
	see("old", CONTAINER_RUNNING, &list);
	seen_set(table, docker, SEEN_CONTAINERS, seen_of_containers(&list, 1));
	struct seen_list *held = seen_take(table, docker, SEEN_CONTAINERS);
	list.nr = 0;
	seen_set(table, docker, SEEN_CONTAINERS, seen_of_containers(&list, 2));
	ck_assert_str_eq(seen_names(docker, SEEN_CONTAINERS, STATES_ANY), "");
	ck_assert_str_eq(held->items[0].name, "old");
	seen_leave(&held);
	ck_assert_ptr_null(held);
}
END_TEST

START_TEST(each_runtime_by_itself)
{
	struct container row;
	struct container_list list = { .items = &row };

	see("web", CONTAINER_RUNNING, &list);
	seen_set(table, podman, SEEN_CONTAINERS, seen_of_containers(&list, 1));
	ck_assert_uint_eq(seen_running(table, podman), 1);
	ck_assert_uint_eq(seen_running(table, docker), 0);
	ck_assert_uint_eq(seen_running(table, NULL), 0); /* none is chosen yet */
	ck_assert_str_eq(seen_names(docker, SEEN_CONTAINERS, STATES_ANY), "-");
	ck_assert_str_eq(seen_names(NULL, SEEN_CONTAINERS, STATES_ANY), "-");
	ck_assert_str_eq(seen_names(podman, SEEN_IMAGES, STATES_ANY), "-");
	list.nr = 0;
	see("db", CONTAINER_EXITED, &list);
	seen_set(table, docker, SEEN_CONTAINERS, seen_of_containers(&list, 1));
	ck_assert_str_eq(seen_names(podman, SEEN_CONTAINERS, STATES_ANY), "web");
	ck_assert_str_eq(seen_names(docker, SEEN_CONTAINERS, STATES_ANY), "db");

	ck_assert(!tracked_wants_all(table, podman));
	tracked_want_all(table, podman);
	ck_assert(tracked_wants_all(table, podman));
	ck_assert(!tracked_wants_all(table, docker));
}
END_TEST

START_TEST(who_collects)
{
	char why[256];
	ck_assert_int_eq(collecting_elsewhere(table, why, sizeof why), 0);
	collecting_set(table, 4711, "another purser collects");
	ck_assert_int_eq(collecting_elsewhere(table, why, sizeof why), 4711);
	ck_assert_str_eq(why, "another purser collects");
	collecting_set(table, 0, "");
	ck_assert_int_eq(collecting_elsewhere(table, why, sizeof why), 0);
	ck_assert_str_eq(why, "");
}
END_TEST

/* ---- threads ---- */

static atomic_uint wrong, notices_sent, notices_read;
static atomic_bool over;

static void nth_id(unsigned n, char id[CONTAINER_ID_LEN + 1])
{
	snprintf(id, CONTAINER_ID_LEN + 1, "%064x", n);
}

static unsigned step(unsigned *state)
{
	*state = *state * 1103515245 + 12345;
	return *state >> 16;
}

static unsigned take_all(void)
{
	struct strvec lines = STRVEC_INIT;
	unsigned nr = (unsigned)tracked_take_notices(table, 80, &lines);
	strvec_release(&lines);
	return nr;
}

/* A shell: adds, drops, asks, reads. */
static void *be_shell(void *arg)
{
	unsigned state = (unsigned)(uintptr_t)arg;
	for (unsigned i = 0; i < TURNS; i++) {
		char id[CONTAINER_ID_LEN + 1];
		struct tracked copy, *all;
		struct error failure;
		nth_id(step(&state) % IDS, id);
		switch (step(&state) % 10) {
		case 0:
			tracked_drop(table, id);
			break;
		case 1:
			tracked_expect_end(table, id);
			break;
		case 2:
			tracked_hurry(table, id, step(&state) & 1);
			break;
		case 3: {
			uint64_t ticket = tracked_ask_drain(table, id);
			if (ticket && tracked_drained(table, id, ticket, &failure) < 0 &&
			    !strstr(failure.text, "trouble"))
				wrong++;
			break;
		}
		case 4:
			notices_read += take_all();
			break;
		case 5:
			for (size_t nr = tracked_all(table, &all), e = 0; e < nr; e++)
				wrong += strlen(all[e].id) != CONTAINER_ID_LEN ||
					 all[e].drain_done > all[e].drain_asked || all[e].fresh != all[e].bytes;
			free(all);
			break;
		case 6: {
			struct seen_list *list = seen_take(table, docker, SEEN_IMAGES);
			wrong += list && strcmp(list->items[0].name, "web:1") != 0;
			wrong += seen_running(table, docker) > 1;
			seen_leave(&list);
			break;
		}
		case 7:
			if (tracked_get(table, id, &copy))
				wrong += strcmp(copy.id, id) != 0 || copy.fresh != copy.bytes;
			break;
		default:
			add(docker, id, "web", false);
			break;
		}
	}
	return NULL;
}

/* The collector: walks the table, works on copies, posts. */
static void *be_collector(void *arg)
{
	unsigned state = (unsigned)(uintptr_t)arg;
	struct container row = { .id = ID_A, .name = "seen", .state = CONTAINER_RUNNING };
	struct container_list list = { .items = &row, .nr = 1 };
	struct image image = { .repository = "web", .tag = "1" };
	struct image_list images = { .items = &image, .nr = 1 };
	while (!over) {
		struct tracked *all;
		size_t nr = tracked_all(table, &all);
		for (size_t i = 0; i < nr; i++) {
			all[i].fresh++;
			all[i].bytes++; /* always the same: seen together or not at all */
			if (step(&state) % 4)
				all[i].drain_done = all[i].drain_asked;
			else
				all[i].drain_failed = all[i].drain_asked;
			snprintf(all[i].error, sizeof all[i].error, "trouble");
			tracked_post(table, &all[i]);
			tracked_take_expected_end(table, all[i].id);
		}
		free(all);
		tracked_notify(table, "notice %u", step(&state));
		notices_sent++;
		seen_set(table, docker, SEEN_CONTAINERS, seen_of_containers(&list, 1));
		seen_set(table, docker, SEEN_IMAGES, seen_of_images(&images, 1));
		collecting_set(table, (pid_t)(step(&state) % 2), "why");
		bell_clear(tracked_work_bell(table));
	}
	return NULL;
}

START_TEST(threads_hammer_the_table)
{
	pthread_t collector, shells[3];
	ck_assert_int_eq(pthread_create(&collector, NULL, be_collector, (void *)1), 0);
	for (uintptr_t i = 0; i < ARRAY_LEN(shells); i++)
		ck_assert_int_eq(pthread_create(&shells[i], NULL, be_shell, (void *)(i + 2)), 0);
	for (size_t i = 0; i < ARRAY_LEN(shells); i++)
		pthread_join(shells[i], NULL);
	over = true;
	pthread_join(collector, NULL);
	ck_assert_uint_eq(wrong, 0);
	notices_read += take_all();
	ck_assert_uint_le(notices_read, notices_sent);
	ck_assert_uint_gt(notices_read, 0);
}
END_TEST

/* Each ticket that was given is answered, however shells and collector interleave. */
static void *wait_for_drains(void *arg)
{
	const char *id = arg;
	for (unsigned i = 0; i < 300; i++) {
		struct error failure;
		uint64_t ticket = tracked_ask_drain(table, id);
		int drained;
		wrong += ticket == 0;
		while ((drained = tracked_drained(table, id, ticket, &failure)) == 0) {
			struct pollfd fd = { .fd = tracked_news_bell(table), .events = POLLIN };
			poll(&fd, 1, 1);
		}
		if (drained > 0) {
			struct tracked copy;
			wrong += !tracked_get(table, id, &copy) || copy.drain_done < ticket;
		}
	}
	return NULL;
}

START_TEST(every_ticket_is_answered)
{
	static char ids[4][CONTAINER_ID_LEN + 1];
	pthread_t collector, waiters[4];
	for (unsigned i = 0; i < 4; i++) {
		nth_id(i % 2, ids[i]); /* two wait for the same one */
		add(docker, ids[i], "web", false);
	}
	ck_assert_int_eq(pthread_create(&collector, NULL, be_collector, (void *)1), 0);
	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&waiters[i], NULL, wait_for_drains, ids[i]), 0);
	for (size_t i = 0; i < 4; i++)
		pthread_join(waiters[i], NULL);
	over = true;
	pthread_join(collector, NULL);
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

static Suite *tracked_suite(void)
{
	Suite *suite = suite_create("tracked");
	TCase *tcase = tcase_create("tracked");
	const TTest *const tests[] = {
		phases_have_names,
		entries_are_added_got_and_dropped,
		many_entries_keep_their_order,
		a_dropped_entry_gets_no_posts,
		posts_leave_the_shells_words,
		drains_have_tickets,
		notices_come_in_order_and_once,
		who_wants_none_is_told_nothing,
		ends_of_what_is_not_tracked_are_expected_where_all_are_told_of,
		long_notices_are_cut,
		what_is_seen,
		what_is_said_of_it,
		what_is_held_stays,
		paths_in_a_container,
		what_is_to_be_listed_anew,
		each_runtime_by_itself,
		who_collects,
		threads_hammer_the_table,
		every_ticket_is_answered,
	};
	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		tcase_add_test(tcase, tests[i]);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return suite;
}

SUITE_MAIN(tracked_suite)
