// Plays sounds: those that say a text, which the machine names, and the page's
// own signals. What happens is told by "voice" events.
import { Aside, unpack } from './aside.js'
import { signals } from './signals.js'

// gains are the volume's steps: silence, -12, -6 and 0 dB.
const gains = [0, 0.25, 0.5, 1]

const tell = detail => document.dispatchEvent(new CustomEvent('voice', { detail }))

export class Player {
	// names(language) gives the names that may be spelt, with their readings.
	constructor(names) {
		this.names = names
		this.turn = 0
		this.playing = [] // what has been started and may still sound
		this.plans = new Map()
		this.sounds = new Map()
		this.busy = 0 // until when a signal sounds
		this.aside = new Aside()
		this.room = null // the stream of what only a headset may hear, while the loudspeaker is silent
	}

	get audio() {
		if (!this.context) {
			this.context = new AudioContext()
			this.out = this.context.createGain()
			this.out.connect(this.context.destination)
		}
		if (this.context.state === 'suspended') this.context.resume()
		return this.context
	}

	gain(volume) {
		if (this.audio) this.out.gain.value = gains[volume]
		if (this.room) this.room.out.gain.value = gains[volume]
	}

	// plan asks which sounds say the pieces; the answer never changes.
	plan(language, pieces) {
		const said = pieces.flatMap(p => [p.text, ...Object.values(p.values ?? {})])
		const names = Object.fromEntries(Object.entries(this.names(language)).filter(([name]) => name && said.includes(name)))
		const body = JSON.stringify({ language, pieces: pieces.map(strings), names })
		if (!this.plans.has(body)) {
			const p = fetch('/say', { method: 'POST', body }).then(r => r.json())
			p.catch(() => this.plans.delete(body))
			this.plans.set(body, p)
		}
		return this.plans.get(body)
	}

	sound(id) {
		if (!this.sounds.has(id)) {
			const p = fetch(`/voice/${id}.opus`).then(r => r.arrayBuffer()).then(b => this.audio.decodeAudioData(b))
			p.catch(() => this.sounds.delete(id))
			this.sounds.set(id, p)
		}
		return this.sounds.get(id)
	}

	// secret gives a sound of what is private, out of all sounds: nobody learns
	// from what is fetched what is said.
	async secret(id) {
		this.all ??= fetch('/voices').then(r => r.arrayBuffer()).then(unpack)
		this.all.catch(() => { this.all = undefined })
		return this.audio.decodeAudioData((await this.all)(id))
	}

	async prepare(language, pieces) {
		const { sounds } = await this.plan(language, pieces).catch(() => ({ sounds: [] }))
		for (const s of sounds) this.sound(s.id).catch(() => {})
	}

	// play says an utterance; the one before it has been stopped. A sound begins
	// as soon as it and those before it are there. What is secret is played in a
	// stream of its own, or left out.
	async play({ key, language, pieces, volume, secret, aloud = [] }) {
		if (this.room) this.stop()
		const turn = ++this.turn
		const begun = performance.now()
		this.gain(volume)
		if (secret && !await this.enter(turn, volume)) {
			pieces = pieces.filter(p => !p.private)
			aloud = []
		}
		if (turn !== this.turn) return
		const answer = await this.plan(language, pieces).catch(() => ({ sounds: [], unsaid: pieces.length }))
		if (turn !== this.turn) return
		if (answer.unsaid > 0) tell({ what: 'unsaid', key, language, unsaid: answer.unsaid })
		const all = [...answer.sounds, ...aloud]
		const coming = [...answer.sounds.map(s => this.sound(s.id)), ...aloud.map(s => this.secret(s.id))].map(p => p.catch(() => null))
		const aside = Boolean(this.room)
		let at = 0
		let seconds = 0
		for (const [i, one] of coming.entries()) {
			const buffer = await one
			if (turn !== this.turn) return
			if (!buffer) continue
			at = Math.max(at, this.stream.currentTime + 0.01, aside ? 0 : this.busy)
			this.start(buffer, at)
			if (seconds === 0) tell({ what: 'begin', key, language, aside, after: performance.now() - begun, sounds: coming.length })
			seconds += buffer.duration
			at += buffer.duration + all[i].pause / 1000
		}
		if (seconds === 0) return this.leave()
		this.playing.at(-1).onended = () => {
			if (turn !== this.turn) return
			this.playing = []
			this.leave()
			tell({ what: 'end', key, language, aside, seconds })
		}
	}

	// enter has the loudspeaker silenced for an utterance; false: it is not, and
	// nothing secret may sound.
	async enter(turn, volume) {
		const room = await this.aside.enter()
		if (!room) return false
		if (turn !== this.turn) { // stopped meanwhile
			this.aside.leave(room)
			return false
		}
		room.out = room.createGain()
		room.out.connect(room.destination)
		room.out.gain.value = gains[volume]
		if (room.state === 'suspended') room.resume()
		this.room = room
		return true
	}

	// leave gives the loudspeaker back once nothing secret sounds any more.
	leave() {
		if (this.room) this.aside.leave(this.room)
		this.room = null
	}

	// stream is where an utterance sounds now.
	get stream() { return this.room ?? this.audio }

	start(buffer, at) {
		const source = this.stream.createBufferSource()
		source.buffer = buffer
		source.connect(this.room ? this.room.out : this.out)
		source.start(at)
		this.playing.push(source)
	}

	// stop ends what is said, at once.
	stop() {
		this.turn++
		for (const source of this.playing) source.stop()
		if (this.playing.length) tell({ what: 'stop', aside: Boolean(this.room) })
		this.playing = []
		this.leave()
	}

	// signal plays notes, at no less than the first step: a card that is
	// forgotten calls even who wants no speech.
	signal(name, volume) {
		const { audio } = this
		const gain = audio.createGain()
		gain.gain.value = gains[volume] * 0.4
		gain.connect(audio.destination)
		let at = audio.currentTime + 0.01
		for (const [hertz, ms] of signals[name]) {
			if (hertz > 0) {
				const o = audio.createOscillator()
				o.type = 'triangle'
				o.frequency.value = hertz
				o.connect(gain)
				o.start(at)
				o.stop(at + ms / 1000)
			}
			at += ms / 1000
		}
		this.busy = at + 0.1
		tell({ what: 'signal', name })
	}
}

// strings gives a piece as the machine takes it.
const strings = ({ key, text, values, language }) => ({
	key, text, language, values: values && Object.fromEntries(Object.entries(values).map(([k, v]) => [k, String(v)])),
})
