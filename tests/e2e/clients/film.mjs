// Play a film in Chromium, in a page of the same origin:
//   node film.mjs CHROMIUM ORIGIN PATH DIRECTORY [SECONDS]…
// Prints what it is as JSON: width, height, duration, how far it was played, and for each of SECONDS how many bright
// pixels there are in the lower half of the picture, of 10,000. DIRECTORY is for Chromium's files.
import { open } from './devtools.mjs'

const [chromium, origin, path, directory, ...seconds] = process.argv.slice(2)

// Runs in the page.
async function play(path, seconds) {
	const video = document.createElement('video')
	const once = (event) =>
		new Promise((resolve, reject) => {
			video.addEventListener(event, resolve, { once: true })
			video.addEventListener('error', () => reject(new Error(video.error.message)), { once: true })
		})
	video.muted = true
	video.src = path
	await once('loadeddata')
	const canvas = document.createElement('canvas')
	canvas.width = canvas.height = 200
	const context = canvas.getContext('2d', { willReadFrequently: true })
	const bright = []
	for (const at of seconds) {
		video.currentTime = at
		await once('seeked')
		context.drawImage(video, 0, 0, 200, 200)
		const { data } = context.getImageData(0, 100, 200, 100)
		let n = 0
		for (let i = 0; i < data.length; i += 4) if (Math.min(data[i], data[i + 1], data[i + 2]) > 170) n++
		bright.push(n / 2)
	}
	video.currentTime = Math.max(0, video.duration - 1)
	await once('seeked')
	await video.play()
	await once('ended')
	return {
		width: video.videoWidth,
		height: video.videoHeight,
		duration: video.duration,
		played: video.currentTime,
		sound: video.webkitAudioDecodedByteCount > 0,
		bright,
	}
}

const { evaluate, exit } = await open(chromium, origin, directory, ['--autoplay-policy=no-user-gesture-required'])
console.log(JSON.stringify(await evaluate(`(${play})(${JSON.stringify(path)}, ${JSON.stringify(seconds.map(Number))})`)))
exit(0)
