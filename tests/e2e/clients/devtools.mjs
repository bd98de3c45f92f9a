// Chromium, controlled by its DevTools protocol over a pipe. DIRECTORY is for its files.
import { spawn } from 'node:child_process'

// Open a page of ORIGIN. Returns evaluate(expression), which gives the value of a promise in the page, and exit(status).
export async function open(chromium, origin, directory, options = []) {
	const browser = spawn(
		chromium,
		['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-pipe', ...options,
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

	const { targetId } = await send('Target.createTarget', { url: `${origin}/openapi.json` })
	const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
	for (;;) {
		const ready = await send('Runtime.evaluate', { expression: 'location.origin + document.readyState' }, sessionId)
		if (ready.result.value === `${origin}complete`) break
		await new Promise((resolve) => setTimeout(resolve, 100))
	}

	async function evaluate(expression) {
		const { result } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId)
		return result.value ?? result
	}
	return { evaluate, exit }
}
