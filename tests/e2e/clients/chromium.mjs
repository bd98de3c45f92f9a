// Read a stream with fetch in Chromium, in a page of the same origin:
//   node chromium.mjs CHROMIUM ORIGIN TOKEN UNTIL DIRECTORY
// Prints "ID TYPE" for each event, and exits after the event with the id UNTIL. Chromium is controlled by its
// DevTools protocol over a pipe; DIRECTORY is for its files.
import { spawn } from 'node:child_process'

const [chromium, origin, token, until, directory] = process.argv.slice(2)
const browser = spawn(
	chromium,
	['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-pipe',
		`--user-data-dir=${directory}`, 'about:blank'],
	{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
)
const waiting = new Map()
let last = 0
let received = ''

function exit(status) {
	browser.kill('SIGKILL')
	process.exit(status)
}

function send(method, params, sessionId) {
	last++
	browser.stdio[3].write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`)
	return new Promise((resolve) => waiting.set(last, resolve))
}

browser.stdio[4].on('data', (data) => {
	const messages = (received + data).split('\0')
	received = messages.pop()
	for (const message of messages.map((text) => JSON.parse(text)))
		if (message.error) {
			console.error(message.error)
			exit(2)
		} else {
			waiting.get(message.id)?.(message.result)
		}
})
setTimeout(() => exit(3), 60000)

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

const { targetId } = await send('Target.createTarget', { url: `${origin}/openapi.json` })
const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
for (;;) {
	const ready = await send('Runtime.evaluate', { expression: 'location.origin + document.readyState' }, sessionId)
	if (ready.result.value === `${origin}complete`) break
	await new Promise((resolve) => setTimeout(resolve, 100))
}
const expression = `(${read})(${JSON.stringify(token)}, ${JSON.stringify(until)})`
const { result } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId)
console.log(result.value ?? result)
exit(0)
