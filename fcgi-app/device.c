#include "../store/device.h"

#include <string.h>

#include "../common/base/json.h"
#include "body.h"
#include "handlers.h"
#include "page.h"

static void
write_device(struct buf *out, const struct device *d)
{
	json_put_open(out, NULL, '{');
	json_put_uint(out, "id", d->id);
	json_put_str(out, "created_at", d->created_at.s);
	json_put_str(out, "updated_at", d->updated_at.s);
	json_put_str(out, "platform", d->platform);
	json_put_str(out, "language", d->language);
	json_put_close(out, '}');
}

static const char *
check_token(const struct field *field)
{
	for (const char *s = field->text->s; *s != '\0'; s++)
		if (*s <= ' ' || *s > '~')
			return "must be a token as FCM gives it, in ASCII without spaces";
	return NULL;
}

static const char *
check_platform(const struct field *field)
{
	const char *s = field->text->s;

	return strcmp(s, "android") == 0 || strcmp(s, "ios") == 0 || strcmp(s, "web") == 0
		   ? NULL
		   : "must be android, ios or web";
}

struct answer
handle_device_register(const struct req *req)
{
	const struct conf *conf = req->api->conf;
	struct text token, platform, language;
	const struct field fields[] = {
	    {"token", FIELD_CHARS, true, 1, DEVICE_TOKEN_MAX, check_token, .text = &token},
	    {"platform", FIELD_CHARS, true, 1, 16, check_platform, .text = &platform},
	    {"language", FIELD_CHARS, true, 1, 35, check_tag, .text = &language},
	};
	struct device_new in;
	struct answer answer;
	struct device device;
	struct buf body;
	bool renewed;
	enum rc rc;

	if (!body_read(req, fields, sizeof fields / sizeof fields[0], &answer))
		return answer;
	if (conf->fcm.service_account_file[0] == '\0')
		return answer_problem(req, 409, "This server sends no push messages.");
	in = (struct device_new){.token = token.s, .platform = platform.s, .language = language.s};
	rc = device_register(req->api->db, req->pool, req->user, &in, &device, &renewed);
	if (rc == RC_LIMIT)
		return answer_problem(req, 409, "You already have %d devices, the maximum.",
		    conf->limits.devices_per_user);
	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 256);
	write_device(&body, &device);
	return answer_json(req, &body);
}

struct answer
handle_device_list(const struct req *req)
{
	struct page page = {.pages = 1};
	struct page_wish wish;
	struct device *v;
	struct buf body;
	size_t n;
	enum rc rc = device_list(req->api->db, req->pool, req->user, &v, &n);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	wish = page_query_or_all(req, n);
	if (!page_place(&wish, n, &page))
		return page_problem(req, RC_NOT_FOUND, &page);
	v += page_before(&wish);
	body = page_begin(req, &page);
	for (size_t i = 0; i < page.n; i++)
		write_device(&body, &v[i]);
	return page_end(req, &body, &wish, &page);
}

struct answer
handle_device_delete(const struct req *req)
{
	struct buf body;
	enum rc rc = device_delete(req->api->db, req->pool, req->user, req->object);

	if (rc != RC_OK)
		return answer_rc(req, rc);
	buf_init(&body, req->pool, 64);
	json_put_open(&body, NULL, '{');
	json_put_bool(&body, "is_success", true);
	json_put_close(&body, '}');
	return answer_json(req, &body);
}
