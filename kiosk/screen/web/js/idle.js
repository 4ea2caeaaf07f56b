// Whether somebody is still there. The worker gives up a wait by itself; before
// it does, the page asks, with at least a third of the time left to answer.

// slowly is how many times longer a wait is for who asked for more time.
const slowly = 3

export class Idle {
	// ask(seconds) shows the question and gives a function that takes it away.
	constructor(ask, stay) {
		this.ask = ask
		this.stay = stay
		this.slow = false
		this.timer = 0
	}

	// begin watches a wait of so many milliseconds; 0 is none.
	begin(wait) {
		this.end()
		if (!(wait > 0)) return
		this.wait = wait
		this.left = this.slow ? slowly : 1
		this.turn()
	}

	// touched: the resident did something, so the worker's wait begins anew.
	touched() {
		if (!this.wait || this.asking) return
		if (Date.now() - this.since < this.wait / 4) return
		this.left = this.slow ? slowly : 1
		this.prolong()
	}

	// slower begins the present wait anew, at the pace that is asked for.
	slower(on) {
		this.slow = on
		this.left = on ? slowly : 1
		if (this.wait) this.prolong()
	}

	prolong() {
		this.stay()
		this.turn()
	}

	turn() {
		clearTimeout(this.timer)
		this.since = Date.now()
		this.timer = setTimeout(() => this.due(), this.wait * 2 / 3)
	}

	due() {
		if (--this.left > 0) return this.prolong()
		this.asking = true
		this.ask(Math.round(this.wait / 3000), () => {
			this.asking = false
			if (!this.wait) return
			this.left = this.slow ? slowly : 1
			this.prolong()
		})
	}

	end() {
		clearTimeout(this.timer)
		this.wait = 0
		this.asking = false
	}
}
