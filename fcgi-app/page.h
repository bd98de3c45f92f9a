#ifndef TTS_PAGE_H
#define TTS_PAGE_H

#include "../store/store.h"
#include "answer.h"
#include "req.h"

/* The page of the query: ?page=N, 1 without it, and ?per_page=, PAGE_SIZE without it. The number is
 * PAGE_BEYOND if no list can have it; that of a route with {n} is in the path. */
struct page_wish page_query(const struct req *req);

/* The same for a list that is short: without ?page and ?per_page, one page with all its TOTAL
 * things. */
struct page_wish page_query_or_all(const struct req *req, uint64_t total);

/* Begin a page, {"cnt", "total", "pages", "page": [; the caller adds its items. */
struct buf page_begin(const struct req *req, const struct page *page);

/* End the page and answer, with links to the first page, the last one, and those before and after
 * this one (RFC 8288). */
struct answer page_end(
    const struct req *req, struct buf *body, const struct page_wish *wish, const struct page *page);

/* Answer an error of a list: if the list exists but not the page, the 404 names the last page. */
struct answer page_problem(const struct req *req, enum rc rc, const struct page *page);

/* For a list that goes on with ?before=: add links to its beginning, and to what comes before
 * BEFORE unless that is 0. */
void page_link_before(const struct req *req, struct answer *answer, uint64_t before);

#endif
