/* From what an engine tells of a container that exists to the description it was made from. Pure. */
#ifndef PURSER_RUNTIME_DESCRIBE_H
#define PURSER_RUNTIME_DESCRIBE_H

#include "model/spec.h"
#include "runtime/runtime.h"

/*
 * `container` is the answer to VERB_INSPECT_RAW, `image` that to VERB_IMAGE_INSPECT of its image, or "" where that is gone. What the image has
 * already, and what the engine would choose by itself, is not in the description. ERROR_RUNTIME if it is no such answer.
 */
int runtime_describe(const struct runtime *self, const struct buf *container, const struct buf *image, struct spec *out, struct error *err);

/* The image that VERB_INSPECT_RAW names; "" where it names none. */
const char *runtime_image_of(const struct buf *container, struct arena *arena);

#endif
