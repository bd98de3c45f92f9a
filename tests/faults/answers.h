#ifndef TTS_ANSWERS_H
#define TTS_ANSWERS_H

/*
 * What a client writes down of the answers it got, and the oracle reads. One line each:
 *
 *   OPERATION OUTCOME [KEY=VALUE]…
 *
 * OUTCOME is the HTTP status, or "?" when nobody can know: the connection broke after the request
 * was sent, or the answer says so. Texts and titles stand as their SHA-256; the client never sends
 * one twice for different things. A line is written in one piece, after the answer came.
 *
 *   project 201|? title=HASH [id=N]
 *   sentence 201|? title=HASH text=HASH speed=N     of that project
 *   see 200 id=N project=N rev=N text=HASH speed=N  how a client found it
 *   insert 201|? project=N text=HASH speed=N [id=N rev=N]
 *   edit 201|? id=N text=HASH speed=N [rev=N]
 *   remove 201|? id=N                               a sentence
 *   delete 201|? id=N                               a project
 *   sound 200 id=N rev=N path=PATH                  the URL of the sound of that revision
 *
 * Any other outcome means that nothing was changed.
 */
#define ANSWER_UNKNOWN 0

#endif
