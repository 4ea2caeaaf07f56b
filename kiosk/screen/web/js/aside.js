// What only a headset may hear. The loudspeaker is silent before the first of it
// sounds, and until the last of it is gone, whatever happens to the plug
// meanwhile: the machine switches it (kiosk/voice), in the order asked for here.

const order = what => fetch('/loudspeaker/' + what, { method: 'POST' })

export class Aside {
	constructor() { this.last = order('on').catch(() => {}) } // whatever a page before this one left

	// next does one thing after the one before it: no order overtakes another.
	next(f) { return this.last = this.last.then(f).catch(() => null) }

	// enter silences the loudspeaker and gives a stream of its own for what is
	// private; null: there is no headset, and nothing of it may be said.
	enter() {
		return this.next(async () => {
			const { off } = await order('off').then(r => r.json())
			return off ? new AudioContext() : null
		})
	}

	// leave closes the stream, and only then asks for the loudspeaker.
	leave(audio) {
		return this.next(async () => {
			await audio.close()
			await order('on')
		})
	}
}

// magic and entry are those of a pack of sounds (kiosk/voice).
const magic = 16
const entry = 16

// unpack gives the sounds of a pack by their names.
export function unpack(file) {
	const head = new DataView(file)
	const n = head.getUint32(magic)
	let at = magic + 4 + n * entry
	const all = new Map()
	for (let i = 0; i < n; i++) {
		const from = magic + 4 + i * entry
		const id = Array.from(new Uint8Array(file, from, 12), b => b.toString(16).padStart(2, '0')).join('')
		const size = head.getUint32(from + 12)
		all.set(id, [at, size])
		at += size
	}
	return id => { const [from, size] = all.get(id); return file.slice(from, from + size) }
}
