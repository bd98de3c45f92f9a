#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "../../common/base/netaddr.h"
#include "../../common/base/weburl.h"

static struct netaddr
address(const char *s)
{
	struct netaddr a;

	if (!netaddr_parse(s, &a))
		fail_msg("%s is no address", s);
	return a;
}

static const char *
why_not(const char *s)
{
	struct netaddr a = address(s);

	return netaddr_why_not(&a);
}

static void
only_public_addresses_are_connected_to(void **state)
{
	static const char *const bad[] = {"0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.254",
	    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1",
	    "100.64.0.1", "100.127.255.255", "169.254.169.254", "192.0.0.1", "192.0.2.1",
	    "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
	    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
	    "febf::1", "fec0::1", "fc00::1", "fdff::1", "ff02::1", "ff0e::1", "2001:db8::1",
	    "2001::1", "2001:10::1", "2001:20::1", "2002:7f00:1::", "2002:808:808::", "3fff::1",
	    "100::1", "64:ff9b:1::1", "4000::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
	    "::ffff:0.0.0.0", "::127.0.0.1", "::10.0.0.1", "::0.0.0.2", "64:ff9b::127.0.0.1",
	    "64:ff9b::a00:1", "64:ff9b::169.254.169.254"};
	static const char *const good[] = {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255",
	    "100.128.0.0", "126.255.255.255", "128.0.0.1", "172.15.255.255", "172.32.0.0",
	    "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
	    "2606:4700::1111", "2001:200::1", "3ffe::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (why_not(bad[i]) == NULL)
			fail_msg("%s counts as public", bad[i]);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (why_not(good[i]) != NULL)
			fail_msg("%s does not count as public", good[i]);
	assert_string_equal(why_not("::ffff:127.0.0.1"), "loopback");
	assert_string_equal(why_not("fe80::1"), "link-local");
}

static bool
listed(const char *s, const char *networks)
{
	struct netaddr a = address(s);

	return netaddr_listed(&a, networks);
}

static void
networks_of_the_configuration_are_allowed(void **state)
{
	assert_false(listed("127.0.0.1", ""));
	assert_true(listed("127.0.0.1", "127.0.0.1"));
	assert_false(listed("127.0.0.2", "127.0.0.1"));
	assert_true(listed("127.9.9.9", "10.0.0.0/8  127.0.0.0/8"));
	assert_true(listed("::ffff:127.0.0.1", "127.0.0.0/8"));
	assert_true(listed("64:ff9b::127.0.0.1", "127.0.0.0/8"));
	assert_false(listed("::1", "127.0.0.0/8"));
	assert_true(listed("::1", "::1"));
	assert_true(listed("fd12::1", "fd12::/16"));
	assert_false(listed("fd13::1", "fd12::/16"));
	assert_true(listed("192.168.1.63", "192.168.1.32/27"));
	assert_false(listed("192.168.1.64", "192.168.1.32/27"));
	assert_true(listed("8.8.8.8", "0.0.0.0/0"));
	assert_false(listed("2606:4700::1111", "0.0.0.0/0"));
	assert_true(listed("2606:4700::1111", "::/0"));
}

static void
the_machine_knows_its_own_addresses(void **state)
{
	struct netaddr v[64], loopback = address("127.0.0.1"), mapped = address("::127.0.0.1");
	size_t n = netaddr_own(v, 64);
	bool found = false;

	for (size_t i = 0; i < n; i++)
		found |= netaddr_same(&v[i], &loopback);
	assert_true(found);
	assert_true(netaddr_same(&loopback, &mapped));
	assert_int_equal(netaddr_own(v, 0), 0);
}

static void
socket_addresses_are_read(void **state)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr other = {.sa_family = AF_UNIX};
	struct netaddr a, b = address("127.0.0.1"), c = address("::1");

	assert_true(netaddr_of((struct sockaddr *)&in, &a));
	assert_memory_equal(&a, &b, sizeof a);
	assert_true(netaddr_of((struct sockaddr *)&in6, &a));
	assert_memory_equal(&a, &c, sizeof a);
	assert_false(netaddr_of(&other, &a));
}

static void
urls_are_taken_apart(void **state)
{
	struct pool *pool = pool_new();
	struct weburl u;

	assert_null(weburl_parse(pool, "https://example.org", &u));
	assert_true(u.https);
	assert_string_equal(u.host, "example.org");
	assert_int_equal(u.port, 443);
	assert_string_equal(u.path, "/");
	assert_null(weburl_parse(pool, "HTTP://[2606:4700::1111]:8080?a=b", &u));
	assert_false(u.https);
	assert_string_equal(u.host, "2606:4700::1111");
	assert_int_equal(u.port, 8080);
	assert_string_equal(u.path, "/?a=b");
	assert_null(weburl_parse(pool, "http://1.2.3.4/a/../b%20c?x=@:/", &u));
	assert_string_equal(u.path, "/a/../b%20c?x=@:/");
	assert_int_equal(u.port, 80);
	pool_free(pool);
}

/* Which URLs a configuration allows. */
static void
the_configuration_decides_on_schemes_ports_and_networks(void **state)
{
	struct pool *pool = pool_new();
	struct conf conf = {.webhooks = {.ports = "443 8443", .allow_networks = ""}};

	assert_null(weburl_wrong(pool, &conf, "https://example.org/"));
	assert_null(weburl_wrong(pool, &conf, "https://example.org:8443/"));
	assert_string_equal(weburl_wrong(pool, &conf, "https://example.org:80/"),
	    "must have one of these ports: 443 8443");
	assert_string_equal(
	    weburl_wrong(pool, &conf, "http://example.org:443/"), "must begin with https://");
	assert_string_equal(
	    weburl_wrong(pool, &conf, "https://127.0.0.1/"), "has an address that is loopback");
	conf.webhooks.allow_networks = "127.0.0.0/8";
	assert_null(weburl_wrong(pool, &conf, "https://127.0.0.1/"));
	assert_non_null(weburl_wrong(pool, &conf, "https://[::1]/"));
	conf.webhooks.allow_http = 1;
	assert_non_null(weburl_wrong(pool, &conf, "http://example.org/"));
	conf.webhooks.ports = "";
	assert_null(weburl_wrong(pool, &conf, "http://example.org/"));
	assert_null(weburl_wrong(pool, &conf, "https://example.org:1/"));
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_public_addresses_are_connected_to),
	    cmocka_unit_test(networks_of_the_configuration_are_allowed),
	    cmocka_unit_test(the_machine_knows_its_own_addresses),
	    cmocka_unit_test(socket_addresses_are_read),
	    cmocka_unit_test(urls_are_taken_apart),
	    cmocka_unit_test(the_configuration_decides_on_schemes_ports_and_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
