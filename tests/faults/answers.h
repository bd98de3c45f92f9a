#ifndef TTS_ANSWERS_H
#define TTS_ANSWERS_H

/*
 * The record that a client keeps of the answers it got, and that the oracle reads. One line each:
 *
 *   OPERATION OUTCOME [KEY=VALUE]…
 *
 * OUTCOME is the HTTP status, or "?" if the outcome is unknown: the connection broke after the
 * request was sent, or the answer says so. Texts and titles are recorded as their SHA-256; the
 * client never sends the same one for two different objects. A line is written in one piece, after
 * the answer has arrived.
 *
 *   project 201|? title=HASH [id=N]
 *   sentence 201|? title=HASH text=HASH speed=N     of that project
 *   see 200 id=N project=N rev=N text=HASH speed=N  the sentence as it was read
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
