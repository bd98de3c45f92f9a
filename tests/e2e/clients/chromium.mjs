// Read a stream with fetch in Chromium, in a page of the same origin:
//   node chromium.mjs CHROMIUM ORIGIN TOKEN UNTIL DIRECTORY
// Prints "ID TYPE" for each event, and exits after the event with the id UNTIL. DIRECTORY is for Chromium's files.
import { open } from './devtools.mjs'

const [chromium, origin, token, until, directory] = process.argv.slice(2)

// Runs in the page. The end of the answer means: connect again after the last id.
async function read(token, until) {
	const seen = []
	let after = '0'
	for (;;) {
		const answer = await fetch(`/events/?after=${after}`, { headers: { Authorization: `Bearer ${token}` } })
		const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
		let text = ''
		try {
			for (;;) {
				const { value, done } = await reader.read()
				if (done) break
				const blocks = (text + value).split('\n\n')
				text = blocks.pop()
				for (const block of blocks) {
					const field = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/s)))
					if (field.event === undefined) continue
					after = field.id
					seen.push(`${field.id} ${field.event}`)
					if (field.id === until) return seen.join('\n')
				}
			}
		} catch {
			// It was cut.
		}
		await new Promise((resolve) => setTimeout(resolve, 500))
	}
}

const { evaluate, exit } = await open(chromium, origin, directory)
console.log(await evaluate(`(${read})(${JSON.stringify(token)}, ${JSON.stringify(until)})`))
exit(0)
