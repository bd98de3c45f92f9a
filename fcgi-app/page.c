#include "page.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "../common/base/json.h"
#include "query.h"
#include "route.h"

struct page_wish
page_query(const struct req *req)
{
	struct page_wish wish = {.n = query_number(req, "page", 1)};

	if (strstr(req->route->pattern, "{n}") != NULL)
		wish.n = req->page;
	if (wish.n > PAGE_BEYOND)
		wish.n = PAGE_BEYOND;
	wish.size = (size_t)query_number(req, "per_page", PAGE_SIZE);
	return wish;
}

struct page_wish
page_query_or_all(const struct req *req, uint64_t total)
{
	if (query_value(req, "page") != NULL || query_value(req, "per_page") != NULL)
		return page_query(req);
	return (struct page_wish){.n = 1, .size = total > 0 ? (size_t)total : 1};
}

/* ------------------------------------------------------------------ links */

static void
url_escape(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++)
		if (isalnum((unsigned char)*s) || strchr("-._~", *s) != NULL)
			buf_add(out, s, 1);
		else
			buf_addf(out, "%%%02X", (unsigned char)*s);
}

/* The path of this request, as its route has it. */
static void
url_path(struct buf *out, const struct req *req, uint64_t n)
{
	const char *s = req->route->pattern;

	while (*s != '\0') {
		if (*s != '{') {
			buf_add(out, s++, 1);
			continue;
		}
		if (s[1] == 't')
			buf_adds(out, req->task);
		else
			buf_addu(out, s[1] == 'n' ? n : req->object);
		s += strcspn(s, "}") + 1;
	}
}

/* The address of this request, but with VALUE for NAME; VALUE 0: without it. */
static const char *
page_url(const struct req *req, const char *name, uint64_t value)
{
	bool in_path = strstr(req->route->pattern, "{n}") != NULL;
	const char *separator = "?";
	struct buf out;

	buf_init(&out, req->pool, 128);
	url_path(&out, req, value);
	if (!in_path && value != 0) {
		buf_addf(&out, "?%s=%" PRIu64, name, value);
		separator = "&";
	}
	for (size_t i = 0; i < req->n_pairs; i++) {
		if (strcmp(req->pairs[i].name, name) == 0)
			continue;
		buf_addf(&out, "%s%s=", separator, req->pairs[i].name);
		url_escape(&out, req->pairs[i].value);
		separator = "&";
	}
	return out.data;
}

static void
add_link(struct buf *links, const char *url, const char *relation)
{
	buf_addf(links, "%s<%s>; rel=\"%s\"", links->len > 0 ? ", " : "", url, relation);
}

static const char *
page_links(const struct req *req, const struct page_wish *wish, const struct page *page)
{
	struct buf links;

	buf_init(&links, req->pool, 512);
	add_link(&links, page_url(req, "page", 1), "first");
	if (wish->n > 1)
		add_link(&links, page_url(req, "page", wish->n - 1), "prev");
	if (wish->n < page->pages)
		add_link(&links, page_url(req, "page", wish->n + 1), "next");
	add_link(&links, page_url(req, "page", page->pages), "last");
	return links.data;
}

void
page_link_before(const struct req *req, struct answer *answer, uint64_t before)
{
	struct buf links;

	buf_init(&links, req->pool, 256);
	add_link(&links, page_url(req, "before", 0), "first");
	if (before != 0)
		add_link(&links, page_url(req, "before", before), "next");
	answer_header(req, answer, "Link", links.data);
}

/* ------------------------------------------------------------------ answers */

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
page_end(
    const struct req *req, struct buf *body, const struct page_wish *wish, const struct page *page)
{
	struct answer answer;

	json_put_close(body, ']');
	json_put_close(body, '}');
	answer = answer_json(req, body);
	answer_header(req, &answer, "Link", page_links(req, wish, page));
	return answer;
}

struct answer
page_problem(const struct req *req, enum rc rc, const struct page *page)
{
	if (rc != RC_NOT_FOUND || page->pages == 0)
		return answer_rc(req, rc);
	return answer_problem(
	    req, 404, "There is no such page; the last page is %" PRIu64 ".", page->pages);
}
