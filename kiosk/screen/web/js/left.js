// The time that nobody can prolong: what the card has signed is good for some
// minutes only. It is shown from the first, and told again before it is over.
import { h } from './dom.js'
import { sign } from './art.js'

// warning is how long before the end the resident is told, in milliseconds:
// long enough to finish a choice that is nearly made.
const warning = 120_000
// look is the time between two looks at the clock.
const look = 5_000

const minutes = ms => Math.max(1, Math.round(ms / 60_000))

export class Left {
	// tell(minutes) is called once, when the end is near.
	constructor(words, tell) {
		this.words = words
		this.tell = tell
		this.at = document.getElementById('left')
	}

	// begin takes the milliseconds that are left on a screen; 0: none are counted.
	begin(left) {
		clearInterval(this.timer)
		this.end = left > 0 ? Date.now() + left : 0
		this.told = left > 0 && left <= warning && this.told
		if (left > 0) this.timer = setInterval(() => this.draw(), look)
		this.draw()
	}

	draw() {
		const left = this.end - Date.now()
		this.at.hidden = !(left > 0)
		if (this.at.hidden) return
		this.at.replaceChildren(sign('clock'), h('span', null, this.words.text('left', { n: minutes(left) })))
		if (left > warning || this.told) return
		this.told = true
		this.tell(minutes(left))
	}
}
