/* What the CLIs print of images, in docker's words, and which containers use an image. Pure. */
#ifndef PURSER_RUNTIME_IMAGES_H
#define PURSER_RUNTIME_IMAGES_H

#include "base/buf.h"
#include "base/strvec.h"
#include "runtime/runtime.h"

/*
 * What rmi and load print: "Untagged: x:1", "Deleted: sha256:…", "Loaded image: x:1". A line that is none of these stays as
 * it is, but for what nerdctl says of unpacking.
 */
void image_lines(const struct runtime *runtime, const char *text, size_t len, struct buf *out);

/* One step of how an image was made. Missing: "". Of nerdctl's the id is that of its layer. */
struct image_step {
	const char *id, *created_at, *created_since, *created_by, *size, *comment;
};

struct image_history {
	struct image_step *items;
	size_t nr;
	struct arena arena;
};

/* From what VERB_HISTORY printed. */
int image_history_read(const char *text, size_t len, moment now, struct image_history *out, struct error *err);
void image_history_release(struct image_history *history);

/*
 * The first row that `name` is the name of (without a tag: latest), or its id, or four or more of the id's first digits. NULL: there is
 * none.
 */
const struct image *image_find(const struct runtime *runtime, const struct image_list *images, const char *name);

/* Adds the names of the containers that were made of the image with this id, under whatever name. */
void image_users(const struct runtime *runtime, const struct image_list *images, const struct container_list *containers, const char *id,
		 struct strvec *names);

/* Whether one is made of an image that has no name, or may be: its image's id is not told. */
bool image_unnamed_used(const struct image_list *images, const struct container_list *containers);

/* From "2026-11-20 10:00:00 +0000 UTC"; 0: not known. */
moment image_created(const struct image *image);

/* Adds up "1.98MB" and the like, each image once, however many names it has. */
int64_t image_bytes(const struct image *const *images, size_t nr);

#endif
