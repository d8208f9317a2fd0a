/*
 * Bytes as the life of a container and of the purser that follows it: what is written, polled, rotated away, and where purser
 * crashes. The file must have every record once, or say that there is a gap (tests/unit/logmodel.h).
 */
#include <stdint.h>
#include <stdlib.h>

#include "../unit/logmodel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct container {
	moment now, lowest;
	moment line_at[3]; /* of the unfinished line of each stream; 0: none */
	unsigned text[3];
};

/* A line, or another part of one, or its end. */
static void write_record(struct model *model, struct container *container, unsigned how)
{
	enum stream stream = how & 1 ? STREAM_STDERR : STREAM_STDOUT;
	bool partial = how & 2;
	moment *line_at = &container->line_at[stream];
	if (!*line_at) {
		*line_at = ++container->now;
		container->text[stream] = how >> 2 & 1;
	}
	model_write(model, *line_at, stream, partial, container->text[stream]);
	if (!partial)
		*line_at = 0;
}

static void write_equal_lines(struct model *model, struct container *container, unsigned lines)
{
	container->now++;
	for (; lines > 0; lines--)
		model_write(model, container->now, STREAM_STDOUT, false, 0);
	container->line_at[STREAM_STDOUT] = 0;
}

/* To times that were not there before: a clock does not come to the same nanosecond again. */
static void set_clock_back(struct container *container)
{
	container->lowest -= 100000;
	container->now = container->lowest;
}

static void restart_container(struct container *container)
{
	container->line_at[STREAM_STDOUT] = container->line_at[STREAM_STDERR] = 0;
}

static void live(struct model *model, struct container *container, unsigned what, unsigned number)
{
	switch (what) {
	case 0:
		write_equal_lines(model, container, number);
		break;
	case 1:
		set_clock_back(container);
		break;
	case 2:
		restart_container(container);
		break;
	case 3:
		model_rotate(model, number);
		break;
	case 4:
		model_crash(model, model->nr > number ? model->nr - number : 0);
		break;
	case 5:
		model_window(model, number);
		break;
	default:
		model_window(model, SIZE_MAX);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model model;
	struct container container = { .now = 1000000000, .lowest = 1000000000 };

	model_init(&model, size ? 1 + data[0] % 64 : 16);
	/* Each byte is a record (0xxxxttt times) or something else (1nnnnxxx). */
	for (size_t i = 1; i < size && !model.wrong[0] && !model.undecidable; i++) {
		if (data[i] & 0x80)
			live(&model, &container, data[i] & 7, data[i] >> 3 & 15);
		else
			for (unsigned times = (data[i] >> 3) + 1u; times > 0; times--)
				write_record(&model, &container, data[i] & 7);
	}
	for (unsigned tries = 0; !model.wrong[0] && model_window(&model, SIZE_MAX) == MODEL_AGAIN; tries++)
		if (tries > 20)
			model_complain(&model, "never up to date", 0);
	if (model.wrong[0]) {
		model_print(&model);
		fprintf(stderr, "%s\n", model.wrong);
		abort();
	}
	return 0;
}
