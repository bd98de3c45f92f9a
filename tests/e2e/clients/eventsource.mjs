// Read a stream with the npm package "eventsource", which connects again by itself:
//   node eventsource.mjs URL TOKEN UNTIL TYPE…
// Prints "ID TYPE" for each event of these types, and exits after the event with the id UNTIL.
import { EventSource } from 'eventsource'

const [url, token, until, ...types] = process.argv.slice(2)
const source = new EventSource(url, {
	fetch: (input, init) =>
		fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } }),
})
for (const type of types)
	source.addEventListener(type, (event) => {
		console.log(event.lastEventId, event.type)
		const { seq, type } = JSON.parse(event.data)
		if (String(seq) !== event.lastEventId || type !== event.type) process.exit(2)
		if (event.lastEventId === until) process.exit(0)
	})
source.addEventListener('start', (event) => console.log(event.lastEventId, 'start'))
source.addEventListener('error', (event) => console.error('error', event.code ?? ''))
setTimeout(() => process.exit(3), 60000)
