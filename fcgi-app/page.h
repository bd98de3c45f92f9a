#ifndef TTS_PAGE_H
#define TTS_PAGE_H

#include "../store/store.h"
#include "answer.h"
#include "req.h"

/* Begin a page, {"cnt", "total", "pages", "page": [; the caller adds its items. */
struct buf page_begin(const struct req *req, const struct page *page);

/* End the page and answer. */
struct answer page_end(const struct req *req, struct buf *body);

/* Answer an error of a list: if the list exists but not the page, the 404 names the last page. */
struct answer page_problem(const struct req *req, enum rc rc, const struct page *page);

/* The page of ?page=N; 1 without it, PAGE_BEYOND if no list can have it. */
uint64_t page_query(const struct req *req);

#endif
