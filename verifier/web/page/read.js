// Pixels for the worker: frames of the camera and pictures of files.

// DefaultMaxPixels is what every browser's canvas takes.
const maxPixels = 16_000_000

const canvas = document.createElement('canvas')

function pixels(source, width, height) {
	const scale = Math.min(1, Math.sqrt(maxPixels / (width * height)))
	canvas.width = Math.round(width * scale)
	canvas.height = Math.round(height * scale)
	const c = canvas.getContext('2d', { willReadFrequently: true })
	c.fillStyle = '#fff' // under what is transparent
	c.fillRect(0, 0, canvas.width, canvas.height)
	c.drawImage(source, 0, 0, canvas.width, canvas.height)
	const data = c.getImageData(0, 0, canvas.width, canvas.height)
	canvas.width = canvas.height = 0
	return data
}

// picture gives a file's pixels, undefined when it is no picture.
export async function picture(file) {
	try {
		const m = await createImageBitmap(file)
		const data = pixels(m, m.width, m.height)
		m.close()
		return data
	} catch {
		return undefined
	}
}

// moreFrames is how many frames after the first code are searched for another,
// and quietFrames how many of them in a row may bring nothing new.
const moreFrames = 8, quietFrames = 2

// Camera reads codes off a paper until it is stopped.
export class Camera {
	#stream
	#stopped = false

	constructor(video, verifier) { this.video = video; this.verifier = verifier }

	// codes gives the texts of one paper's codes; undefined after stop().
	async codes() {
		const wish = { audio: false, video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1080 } } }
		this.#stream = await navigator.mediaDevices.getUserMedia(wish)
		if (this.#stopped) return this.stop()
		this.video.srcObject = this.#stream
		await this.video.play()
		const found = []
		let after = 0, quiet = 0
		while (!this.#stopped && after < moreFrames && quiet < quietFrames) {
			await new Promise(go => requestAnimationFrame(go))
			const { videoWidth: w, videoHeight: h } = this.video
			if (!w || this.#stopped) continue
			const { codes } = await this.verifier.frame(pixels(this.video, w, h))
			const fresh = codes.filter(c => !found.includes(c))
			found.push(...fresh)
			if (found.length) after++
			quiet = found.length && !fresh.length ? quiet + 1 : 0
		}
		return this.#stopped ? undefined : found
	}

	stop() {
		this.#stopped = true
		this.#stream?.getTracks().forEach(t => t.stop())
		this.video.srcObject = null
	}
}
