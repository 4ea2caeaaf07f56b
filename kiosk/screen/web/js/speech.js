// What is said, and when. Each screen is one utterance: a key and the pieces
// that it is joined from, keys of the catalogue with their values or texts that
// stand on the screen. What sounds they have is the machine's affair
// (kiosk/voice); how they are played is the player's.

// volumes are the steps of the tool; a visit begins with the usual one.
export const volumes = [0, 1, 2, 3]
export const usual = 2

// spoken are the languages that have a voice. In the others a screen has its
// signals, and says that there is no speech.
export const spoken = ['ja', 'ja-easy', 'en']

// again is the time between two calls for a card or a paper, in milliseconds.
const again = 8_000

export class Speech {
	constructor(words, player) {
		this.words = words
		this.player = player
		this.volume = usual
		this.last = null
		this.voices = false // whether sounds are built in
		this.headset = false // whether one is plugged in that can be spoken to alone
	}

	// silent: this language has texts and signals only.
	get silent() { return !this.voices || !spoken.includes(this.words.language) }

	// say begins an utterance and ends the one before it.
	// aloud are sounds that only a headset may hear, by language.
	say(key, pieces, aloud) {
		this.stop()
		this.last = { key, pieces, aloud }
		this.speak(this.last)
	}

	// label says what has the focus; repeat still repeats the screen.
	label(pieces) {
		this.stop()
		this.speak({ key: 'focus', pieces })
	}

	repeat() {
		if (this.last) this.speak(this.last)
	}

	stop() { this.player.stop() }

	louder() {
		this.volume = volumes[(this.volume + 1) % volumes.length]
		this.player.gain(this.volume)
		this.repeat()
	}

	// speak gives the utterance in the language shown, as an event and to the
	// player. What is private is said to a headset only.
	speak({ key, pieces: all, aloud }) {
		const own = this.headset ? aloud?.[this.words.language] : undefined
		const secret = this.headset && (Boolean(own) || all.some(p => p.private))
		const pieces = all.filter(p => this.headset || !p.private)
		const detail = {
			key, pieces, language: this.words.language, volume: this.volume, secret, aloud: own,
			text: pieces.map(p => p.text ?? this.words.own(p.language ?? this.words.language, p.key, p.values)).join(' '),
		}
		document.dispatchEvent(new CustomEvent('utterance', { detail }))
		if (this.volume > 0 && !this.silent) this.player.play(detail)
	}

	// prepare fetches sounds beforehand: what follows a key press at once must
	// not be asked for at that moment.
	prepare(utterances) {
		if (!this.silent) for (const pieces of utterances) this.player.prepare(this.words.language, pieces)
	}

	// signal gives one of the page's own sounds, in every language.
	signal(name) { this.player.signal(name, Math.max(this.volume, 1)) }

	// call signals, and says the screen again, until hush.
	call(name) {
		this.hush()
		this.signal(name)
		this.calling = setInterval(() => {
			this.signal(name)
			this.repeat()
		}, again)
	}

	hush() {
		clearInterval(this.calling)
		this.calling = 0
	}
}
