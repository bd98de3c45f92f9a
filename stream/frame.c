#include "frame.h"

#include <string.h>

static void
frame_id(struct buf *out, uint64_t id)
{
	if (id == FRAME_NO_ID)
		return;
	buf_adds(out, "id: ");
	buf_addu(out, id);
	buf_adds(out, "\n");
}

void
frame_event(struct buf *out, uint64_t id, const char *type, const char *data)
{
	frame_id(out, id);
	buf_adds(out, "event: ");
	buf_adds(out, type);
	for (;;) {
		size_t len = strcspn(data, "\r\n");

		buf_adds(out, "\ndata: ");
		buf_add(out, data, len);
		if (data[len] == '\0')
			break;
		data += len + (data[len] == '\r' && data[len + 1] == '\n' ? 2 : 1);
	}
	buf_adds(out, "\n\n");
}

void
frame_retry(struct buf *out, uint64_t ms)
{
	buf_adds(out, "retry: ");
	buf_addu(out, ms);
	buf_adds(out, "\n\n");
}

void
frame_ping(struct buf *out, uint64_t id)
{
	buf_adds(out, ": ping\n");
	frame_id(out, id);
	buf_adds(out, "\n");
}
