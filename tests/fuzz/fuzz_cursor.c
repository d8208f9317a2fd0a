/*
 * Bytes as the life of a writer and of the purser that follows it: what is written, polled, rotated away, and where purser
 * crashes. The file must have every record once, or say that there is a gap (tests/unit/logmodel.h).
 */
#include <stdint.h>
#include <stdlib.h>

#include "../unit/logmodel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct writer {
	moment now, lowest;
	moment line_at[3]; /* of the unfinished line of each stream; 0: none */
	unsigned text[3];
};

/* A line, or another part of one, or its end. */
static void write_record(struct model *model, struct writer *writer, unsigned how)
{
	enum stream stream = how & 1 ? STREAM_STDERR : STREAM_STDOUT;
	bool partial = how & 2;
	moment *line_at = &writer->line_at[stream];
	if (!*line_at) {
		*line_at = ++writer->now;
		writer->text[stream] = how >> 2 & 1;
	}
	model_write(model, *line_at, stream, partial, writer->text[stream]);
	if (!partial)
		*line_at = 0;
}

static void write_equal_lines(struct model *model, struct writer *writer, unsigned lines)
{
	writer->now++;
	for (; lines > 0; lines--)
		model_write(model, writer->now, STREAM_STDOUT, false, 0);
	writer->line_at[STREAM_STDOUT] = 0;
}

/* To times that were not there before: a clock does not come to the same nanosecond again. */
static void set_clock_back(struct writer *writer)
{
	writer->lowest -= 100000;
	writer->now = writer->lowest;
}

static void restart_container(struct writer *writer)
{
	writer->line_at[STREAM_STDOUT] = writer->line_at[STREAM_STDERR] = 0;
}

static void live(struct model *model, struct writer *writer, unsigned what, unsigned number)
{
	switch (what) {
	case 0:
		write_equal_lines(model, writer, number);
		break;
	case 1:
		set_clock_back(writer);
		break;
	case 2:
		restart_container(writer);
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
	struct writer writer = { .now = 1000000000, .lowest = 1000000000 };

	model_init(&model, size ? 1 + data[0] % 64 : 16);
	/* Each byte is a record (0xxxxttt times) or something else (1nnnnxxx). */
	for (size_t i = 1; i < size && !model.wrong[0] && !model.undecidable; i++) {
		if (data[i] & 0x80)
			live(&model, &writer, data[i] & 7, data[i] >> 3 & 15);
		else
			for (unsigned times = (data[i] >> 3) + 1u; times > 0; times--)
				write_record(&model, &writer, data[i] & 7);
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
