#include "password.h"

#include <string.h>

#include "../base/crypt.h"
#include "text.h"
#include "text_uni.h"

char *
password_hash(struct pool *pool, const char *s, size_t len)
{
	struct slice prepared = uni_compose(pool, s, len);

	return crypt_password_hash(pool, prepared.data, prepared.len);
}

static bool
is_same(const struct slice *a, const struct slice *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* The hash of a user who does not exist has to cost what that of another one does: no form is left
 * out because of HASH. */
bool
password_matches(struct pool *pool, const char *hash, const char *s, size_t len)
{
	struct slice forms[3] = {
	    uni_compose(pool, s, len), {.data = s, .len = len}, uni_decompose(pool, s, len)};

	for (size_t i = 0; i < 3; i++) {
		if ((i > 0 && is_same(&forms[i], &forms[0])) ||
		    (i > 1 && is_same(&forms[i], &forms[1])))
			continue;
		if (crypt_password_verify(hash, forms[i].data, forms[i].len))
			return true;
	}
	return false;
}
