// What is said. Each screen is one utterance: a key and the pieces that it is
// joined from, all of them keys of the catalogue with their values. Whoever
// plays sound takes them; the page only says what, when, how loud and when to
// stop.

export const volumes = [0, 1, 2, 3]
export const usual = 2

export class Speech {
	constructor(words) {
		this.words = words
		this.volume = usual
		this.last = null
		this.player = null // { play(utterance), stop() }
	}

	// say begins an utterance and ends the one before it.
	say(key, pieces) {
		this.stop()
		this.last = { key, pieces }
		this.speak()
	}

	repeat() {
		if (this.last) this.speak()
	}

	stop() { this.player?.stop() }

	louder() {
		this.volume = volumes[(this.volume + 1) % volumes.length]
		this.repeat()
	}

	// speak gives the utterance in the language shown, as an event and to the
	// player. Personal data is in no piece: the worker sends none but pictures.
	speak() {
		const { key, pieces } = this.last
		const detail = {
			key, pieces, language: this.words.language, volume: this.volume,
			text: pieces.map(p => p.text ?? this.words.text(p.key, p.values)).join(' '),
		}
		document.dispatchEvent(new CustomEvent('utterance', { detail }))
		if (this.volume > 0) this.player?.play(detail)
	}
}
