#ifndef TTS_PAGE_H
#define TTS_PAGE_H

#include "../store/store.h"
#include "answer.h"
#include "req.h"

/* Begin a page, {"cnt", "total", "pages", "page": [; the caller adds its items. */
struct buf page_begin(const struct req *req, const struct page *page);

/* End it and answer. */
struct answer page_end(const struct req *req, struct buf *body);

/* Answer what went wrong with a page: where the list exists, a 404 names its last page. */
struct answer page_problem(const struct req *req, enum rc rc, const struct page *page);

/* The page asked for with ?page=N, 1 without it. */
uint64_t page_query(const char *query);

#endif
