// The socket of the session worker: screens come in, what the resident did goes
// out, in the one encoding that the worker takes (kiosk/face).

const protocol = 'akashi-face-1'
export const keys = { back: 0x08, enter: 0x0d, cancel: 0x1b }

// bytes undoes the encoding of a list of small numbers, which is base64.
const bytes = s => Array.from(atob(s), c => c.charCodeAt(0))

export class Link {
	// tell is called with each screen, gone once when the worker hangs up.
	constructor(address, token, tell, gone) {
		this.id = 0
		this.socket = new WebSocket(`ws://${address}/`, [protocol, token])
		this.socket.onmessage = e => {
			const t = JSON.parse(e.data)
			this.id = t.id
			for (const o of t.menu ?? []) o.kinds = bytes(o.kinds)
			tell(t)
		}
		this.socket.onclose = gone
	}

	act(what, more = {}) {
		const { municipality, kind, copies, right } = more
		this.send(JSON.stringify({ id: this.id, do: what, municipality, kind, copies, right }))
	}

	// key sends one key press of the PIN screen. The digit is nowhere else: what
	// it was packed in is overwritten at once.
	key(code) {
		const b = new Uint8Array(5)
		new DataView(b.buffer).setUint32(0, this.id)
		b[4] = code
		this.send(b)
		b.fill(0)
	}

	send(x) {
		if (this.socket.readyState === WebSocket.OPEN) this.socket.send(x)
	}
}
