#include <inttypes.h>

#include "../common/base/crypt.h"
#include "../common/base/json.h"
#include "../common/media/media.h"
#include "../store/pipeline.h"
#include "body.h"
#include "deleted.h"
#include "handlers.h"
#include "page.h"
#include "picture.h"
#include "pipeline_json.h"

static void
write_image(const struct req *req, struct buf *out, const struct image *i)
{
	json_put_open(out, NULL, '{');
	json_put_uint(out, "id", i->id);
	json_put_uint(out, "index", i->index);
	json_put_str(out, "created_at", i->created_at.s);
	json_put_str(out, "status", image_state_name(i->state));
	json_put_str(out, "type", pool_printf(req->pool, "image/%s", image_type_name(i->type)));
	json_put_uint(out, "width", i->width);
	json_put_uint(out, "height", i->height);
	json_put_uint(out, "size_bytes", i->size_bytes);
	json_put_str(out, "path",
	    i->path[0] != '\0' ? pool_printf(req->pool, "%s/%s", req->api->conf->media.url, i->path)
			       : "");
	if (i->error[0] != '\0')
		json_put_str(out, "error", i->error);
	else
		json_put_null(out, "error");
	json_put_close(out, '}');
}

static struct answer
answer_image(const struct req *req, enum rc rc, const struct image *image)
{
	struct buf body;

	if (rc == RC_NOT_FOUND)
		return answer_rc(req, rc);
	if (rc != RC_OK)
		return pipeline_problem(req, rc);
	buf_init(&body, req->pool, 512);
	write_image(req, &body, image);
	return answer_json(req, &body);
}

/* Look at the body. False, with the answer in *PROBLEM, if it is no picture that can be taken. */
static bool
read_picture(const struct req *req, struct image_new *in, struct answer *problem)
{
	const uint8_t *data = (const uint8_t *)req->body;
	uint32_t width, height;
	const char *wrong;

	in->type = picture_look(data, req->body_len, &width, &height, &wrong);
	in->width = width;
	in->height = height;
	in->size_bytes = req->body_len;
	if (in->type == IMAGE_TYPES)
		*problem =
		    answer_problem(req, 415, "The body must be a picture: PNG, JPEG or WebP.");
	else if (wrong != NULL)
		*problem = answer_problem(req, 422, "The picture %s.", wrong);
	return in->type != IMAGE_TYPES && wrong == NULL;
}

struct answer
handle_image_add(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	struct image_new in;
	uint8_t key[MEDIA_INBOX_DIGITS / 2];
	struct answer problem;
	struct image image;
	enum rc rc;

	if (!read_picture(req, &in, &problem))
		return problem;
	crypt_random(key, sizeof key);
	crypt_hex(in.inbox, key, sizeof key);
	crypt_sha256(in.sha256, req->body, req->body_len);
	if (media_inbox_put(conf, in.inbox, req->body, req->body_len) != RC_OK)
		return answer_rc(req, RC_NO_SPACE);
	rc = image_add(req->api->db, req->pool, req->user, req->task, &in, &image);
	if (rc != RC_OK && rc != RC_UNKNOWN)
		(void)media_inbox_remove(conf, in.inbox);
	if (rc == RC_LIMIT)
		return answer_problem(req, 409,
		    "The pipeline already has %d pictures, the maximum.",
		    conf->pipeline.images_max);
	if (rc == RC_RANGE)
		return answer_problem(req, 422, "You already have %d pipelines, the maximum.",
		    conf->limits.pipelines_per_user);
	return answer_image(req, rc, &image);
}

struct answer
handle_image_list(const struct req *req)
{
	struct page page = {.pages = 1};
	struct page_wish wish;
	struct image *v;
	struct buf body;
	size_t n;
	enum rc rc = image_list(req->api->db, req->pool, req->user, req->task, &v, &n);

	if (rc != RC_OK)
		return pipeline_problem(req, rc);
	wish = page_query_or_all(req, n);
	if (!page_place(&wish, n, &page))
		return page_problem(req, RC_NOT_FOUND, &page);
	v += page_before(&wish);
	body = page_begin(req, &page);
	for (size_t i = 0; i < page.n; i++)
		write_image(req, &body, &v[i]);
	return page_end(req, &body, &wish, &page);
}

struct answer
handle_image_move(const struct req *req)
{
	int64_t index = 0;
	const struct field fields[] = {
	    {"index", FIELD_INT, true, 1, INT32_MAX, .number = &index},
	};
	struct answer problem;
	struct image image;
	enum rc rc;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], &problem))
		return problem;
	rc = image_move(req->api->db, req->pool, req->user, req->task, req->object, index, &image);
	if (rc == RC_RANGE)
		return answer_fields(req,
		    &(struct bad_field){"index", "must not be greater than the number of pictures"},
		    1);
	return answer_image(req, rc, &image);
}

struct answer
handle_image_delete(const struct req *req)
{
	bool shown;
	enum rc rc =
	    image_delete(req->api->db, req->pool, req->user, req->task, req->object, &shown);

	return rc == RC_OK ? answer_deleted_picture(req, req->object, shown) : answer_rc(req, rc);
}
