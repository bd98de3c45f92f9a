#include "store.h"

bool
page_place(const struct page_wish *wish, uint64_t total, struct page *page)
{
	*page = (struct page){.total = total, .pages = 1};
	if (total > 0)
		page->pages = (total + wish->size - 1) / wish->size;
	if (wish->n < 1 || wish->n > page->pages)
		return false;
	page->n = wish->n < page->pages ? wish->size : total - page_before(wish);
	return true;
}
