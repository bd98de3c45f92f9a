#include <stddef.h>
#include <stdint.h>

/*
 * Stubs of pcaudiolib, the engine's sound output, which a server does not need. The engine is
 * linked statically because each fork copies every mapping of a process; pcaudiolib and its
 * dependencies would add two hundred mappings. The stubs are never called when the engine passes
 * its samples to the caller (AUDIO_OUTPUT_SYNCHRONOUS).
 */
struct audio_object;

struct audio_object *create_audio_device_object(
    const char *device, const char *application, const char *description);
int audio_object_open(struct audio_object *object, int format, uint32_t rate, uint8_t channels);
void audio_object_close(struct audio_object *object);
void audio_object_destroy(struct audio_object *object);
int audio_object_write(struct audio_object *object, const void *data, size_t bytes);
int audio_object_drain(struct audio_object *object);
int audio_object_flush(struct audio_object *object);
const char *audio_object_strerror(struct audio_object *object, int error);

#define NO_DEVICE (-1)

struct audio_object *
create_audio_device_object(const char *device, const char *application, const char *description)
{
	return NULL;
}

int
audio_object_open(struct audio_object *object, int format, uint32_t rate, uint8_t channels)
{
	return NO_DEVICE;
}

void
audio_object_close(struct audio_object *object)
{
}

void
audio_object_destroy(struct audio_object *object)
{
}

int
audio_object_write(struct audio_object *object, const void *data, size_t bytes)
{
	return NO_DEVICE;
}

int
audio_object_drain(struct audio_object *object)
{
	return NO_DEVICE;
}

int
audio_object_flush(struct audio_object *object)
{
	return NO_DEVICE;
}

const char *
audio_object_strerror(struct audio_object *object, int error)
{
	return "there is no audio device";
}
