#include "page.h"

#include <inttypes.h>

#include "../common/base/json.h"
#include "query.h"
#include "route.h"

struct buf
page_begin(const struct req *req, const struct page *page)
{
	struct buf body;

	buf_init(&body, req->pool, 8192);
	json_put_open(&body, NULL, '{');
	json_put_uint(&body, "cnt", page->n);
	json_put_uint(&body, "total", page->total);
	json_put_uint(&body, "pages", page->pages);
	json_put_open(&body, "page", '[');
	return body;
}

struct answer
page_end(const struct req *req, struct buf *body)
{
	json_put_close(body, ']');
	json_put_close(body, '}');
	return answer_json(req, body);
}

struct answer
page_problem(const struct req *req, enum rc rc, const struct page *page)
{
	if (rc != RC_NOT_FOUND || page->pages == 0)
		return answer_rc(req, rc);
	return answer_problem(
	    req, 404, "There is no such page; the last page is %" PRIu64 ".", page->pages);
}

uint64_t
page_query(const struct req *req)
{
	uint64_t n = query_number(req, "page", 1);

	return n < PAGE_BEYOND ? n : PAGE_BEYOND;
}
