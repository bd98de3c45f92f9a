// Use a sound in Chromium, in a page of another origin:
//   node sound.mjs CHROMIUM ORIGIN URL DIRECTORY
// Prints as JSON what a page can do with it: its duration in an audio element with "crossorigin", its duration as Web Audio
// decodes it, and the bytes of a part. DIRECTORY is for Chromium's files.
import { open } from './devtools.mjs'

const [chromium, origin, url, directory] = process.argv.slice(2)

// Runs in the page.
async function use(url) {
	const audio = document.createElement('audio')
	audio.crossOrigin = 'anonymous'
	audio.src = url
	await new Promise((resolve, reject) => {
		audio.addEventListener('loadedmetadata', resolve, { once: true })
		audio.addEventListener('error', () => reject(new Error(audio.error.message)), { once: true })
	})
	const answer = await fetch(url)
	const bytes = await answer.arrayBuffer()
	const length = bytes.byteLength
	const decoded = await new OfflineAudioContext(1, 1, 44100).decodeAudioData(bytes)
	const part = await fetch(url, { headers: { Range: 'bytes=0-99' } })
	return {
		origin: location.origin,
		element: audio.duration,
		decoded: decoded.duration,
		length,
		etag: answer.headers.get('ETag'),
		part: [part.status, part.headers.get('Content-Range'), (await part.arrayBuffer()).byteLength],
	}
}

const { evaluate, exit } = await open(chromium, origin, directory)
console.log(JSON.stringify(await evaluate(`(${use})(${JSON.stringify(url)})`)))
exit(0)
