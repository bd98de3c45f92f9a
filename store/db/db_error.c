#include "db_internal.h"

/* By number: the names in the servers' headers differ. Anything else is RC_FAIL. */
static const struct {
	unsigned code;
	struct db_meaning meaning;
} meanings[] = {
    {1020, {RC_BUSY, TROUBLE_AGAIN}},	 /* record has changed since last read */
    {1205, {RC_BUSY, TROUBLE_AGAIN}},	 /* lock wait timeout; only the statement is rolled back */
    {1213, {RC_BUSY, TROUBLE_AGAIN}},	 /* deadlock; Galera: certification failed */
    {1615, {RC_BUSY, TROUBLE_AGAIN}},	 /* prepared statement needs to be re-prepared */
    {1040, {RC_BUSY, TROUBLE_BUSY}},	 /* too many connections */
    {1203, {RC_BUSY, TROUBLE_BUSY}},	 /* too many connections of this user */
    {1226, {RC_BUSY, TROUBLE_BUSY}},	 /* a resource limit of this user */
    {1290, {RC_BUSY, TROUBLE_BUSY}},	 /* read only: a replica, or a primary going down */
    {1836, {RC_BUSY, TROUBLE_BUSY}},	 /* the same */
    {1461, {RC_BUSY, TROUBLE_BUSY}},	 /* too many prepared statements */
    {1317, {RC_BUSY, TROUBLE_BUSY}},	 /* query interrupted */
    {1969, {RC_BUSY, TROUBLE_BUSY}},	 /* max_statement_time, MariaDB */
    {3024, {RC_BUSY, TROUBLE_BUSY}},	 /* max_execution_time, MySQL */
    {1047, {RC_BUSY, TROUBLE_BUSY}},	 /* Galera: this node is not part of the cluster now */
    {1142, {RC_BUSY, TROUBLE_DENIED}},	 /* no right to a table: sql/migrate may be renewing it */
    {1143, {RC_BUSY, TROUBLE_DENIED}},	 /* the same for a column */
    {1044, {RC_BUSY, TROUBLE_DENIED}},	 /* the same for the database */
    {1053, {RC_BUSY, TROUBLE_LOST}},	 /* server shutdown in progress */
    {1243, {RC_BUSY, TROUBLE_LOST}},	 /* unknown statement: a proxy gave us another server */
    {1927, {RC_BUSY, TROUBLE_LOST}},	 /* connection was killed, MariaDB */
    {4031, {RC_BUSY, TROUBLE_LOST}},	 /* disconnected for inactivity, MySQL */
    {1062, {RC_DUPLICATE, TROUBLE_ROW}}, /* duplicate key */
    {1452, {RC_NOT_FOUND, TROUBLE_ROW}}, /* the parent of a foreign key does not exist */
    {1264, {RC_REFUSED, TROUBLE_ROW}},	 /* number out of range */
    {1366, {RC_REFUSED, TROUBLE_ROW}},	 /* not a value for this column: broken UTF-8 */
    {1406, {RC_REFUSED, TROUBLE_ROW}},	 /* too long for this column */
    {4025, {RC_FAIL, TROUBLE_ROW}},	 /* a CHECK fails, MariaDB */
    {3819, {RC_FAIL, TROUBLE_ROW}},	 /* the same, MySQL */
    {1690, {RC_FAIL, TROUBLE_ROW}},	 /* a sum is out of range: a count below 0 */
    {1048, {RC_FAIL, TROUBLE_ROW}},	 /* NULL in a NOT NULL column */
    {1265, {RC_FAIL, TROUBLE_ROW}},	 /* not a value for this column: truncated */
    {1644, {RC_FAIL, TROUBLE_ROW}},	 /* refused by a trigger */
    {2034, {RC_FAIL, TROUBLE_NONE}},   /* a statement with wrong arguments or unreadable columns */
    {1049, {RC_SCHEMA, TROUBLE_NONE}}, /* no such database */
    {1146, {RC_SCHEMA, TROUBLE_NONE}}, /* no such table */
    {1054, {RC_SCHEMA, TROUBLE_NONE}}, /* no such column */
};

struct db_meaning
db_meaning(unsigned code)
{
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].code == code)
			return meanings[i].meaning;
	if (code >= 2000 && code < 3000) /* the client library's own: 2006, 2013, 2014, 2027 … */
		return (struct db_meaning){RC_BUSY, TROUBLE_LOST};
	return (struct db_meaning){RC_FAIL, TROUBLE_NONE};
}
