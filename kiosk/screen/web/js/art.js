// Pictures and signs, drawn here. They explain; no fact stands in one alone.
import { h, drawn } from './dom.js'

const signs = {
	seal: '<circle cx="16" cy="16" r="14" fill="currentColor"/><path d="M9 16.5l4.6 4.8L23 11" fill="none" stroke="var(--surface)" stroke-width="3.4" stroke-linecap="round" stroke-linejoin="round"/>',
	help: '<circle cx="16" cy="16" r="13.4"/><path d="M12 12.6a4 4 0 1 1 5.6 3.7c-1.1.6-1.6 1.2-1.6 2.6"/><circle cx="16" cy="23.2" r=".9" fill="currentColor"/>',
	globe: '<circle cx="16" cy="16" r="13.4"/><path d="M2.6 16h26.8M16 2.6c4 4 5.6 8.400 5.600 13.400s-1.600 9.400-5.600 13.400c-4-4-5.600-8.400-5.600-13.400s1.600-9.400 5.600-13.400z"/>',
	size: '<path d="M2.500 26l6.500-17h1l6.500 17M4.800 20.500h9.400M18.500 26l4.500-12h.8l4.500 12M20 22.200h6.800"/>',
	theme: '<circle cx="16" cy="16" r="13.4"/><path d="M16 2.600a13.400 13.400 0 0 1 0 26.800z" fill="currentColor"/>',
	repeat: '<path d="M6 13a11 11 0 1 1-.6 7M5.200 5v8.200h8.200"/>',
	volume: '<path d="M4 12h5l8-7v22l-8-7H4zM21.500 11.500a6.500 6.500 0 0 1 0 9M25 8a11.500 11.500 0 0 1 0 16"/>',
	mute: '<path d="M4 12h5l8-7v22l-8-7H4zM22 12l7 8M29 12l-7 8"/>',
	back: '<path d="M19 6L9 16l10 10"/>',
	next: '<path d="M13 6l10 10-10 10"/>',
	up: '<path d="M6 20l10-10 10 10"/>',
	down: '<path d="M6 12l10 10 10-10"/>',
	done: '<circle cx="16" cy="16" r="13.400"/><path d="M9.500 16.500l4.500 4.500 8.500-9"/>',
	now: '<circle cx="16" cy="16" r="13.400"/><circle cx="16" cy="16" r="5.500" fill="currentColor"/>',
	later: '<circle cx="16" cy="16" r="13.400"/>',
	warn: '<path d="M16 3.500L30 28H2z"/><path d="M16 12.500v7.500"/><circle cx="16" cy="23.800" r=".9" fill="currentColor"/>',
	hide: '<path d="M3 16s5-8.500 13-8.500S29 16 29 16s-5 8.500-13 8.500S3 16 3 16zM5 27L27 5"/><circle cx="16" cy="16" r="4"/>',
	show: '<path d="M3 16s5-8.500 13-8.500S29 16 29 16s-5 8.500-13 8.500S3 16 3 16z"/><circle cx="16" cy="16" r="4"/>',
	card: '<rect x="2.500" y="6.500" width="27" height="19" rx="2.500"/><circle cx="10.500" cy="13.500" r="2.800"/><path d="M5.800 21.500c.5-3 2.400-4.200 4.700-4.200s4.200 1.200 4.700 4.200M19 12h7M19 16.500h7M19 21h4"/>',
	pin: '<rect x="2.500" y="9" width="27" height="14" rx="2.500"/><path d="M9 16h.1M14 16h.1M19 16h.1M24 16h.1" stroke-width="4.400"/>',
	fee: '<circle cx="16" cy="16" r="13.400"/><path d="M11 9l5 7 5-7M16 16v8M11.500 17h9M11.500 20.500h9"/>',
	clock: '<circle cx="16" cy="16" r="13.400"/><path d="M16 8v8.500l5.500 3.500"/>',
	person: '<circle cx="16" cy="10" r="6"/><path d="M4.500 28c0-6.500 5-10 11.500-10s11.500 3.500 11.500 10"/>',
}

// sign is a small picture beside words.
export const sign = name => drawn(
	`<svg viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${signs[name]}</svg>`)

const card = (x, y) => `<g transform="translate(${x} ${y})"><rect class="s" width="84" height="53" rx="6"/><circle class="f" cx="20" cy="20" r="7.500"/><path class="f" d="M8 41c0-8 5-11.500 12-11.500S32 33 32 41z"/><path class="l" d="M42 15h30M42 25h30M42 35h18"/></g>`
const reader = '<path class="f" d="M28 104h144a10 10 0 0 1 10 10v16H18v-16a10 10 0 0 1 10-10z"/><rect class="s" x="48" y="96" width="104" height="12" rx="6"/><path class="l" d="M18 130h164"/>'
const sheet = (x, y, w = 62, hgt = 84) => `<g transform="translate(${x} ${y})"><rect class="s" width="${w}" height="${hgt}" rx="3"/><path class="l" d="M10 14h${w - 34}M10 26h${w - 20}M10 38h${w - 20}"/><rect class="f" x="10" y="${hgt - 32}" width="22" height="22"/><path class="d" d="M13 ${hgt - 29}h6v6h-6zM23 ${hgt - 29}h6v6h-6zM13 ${hgt - 19}h6v6h-6zM24 ${hgt - 18}h4v4h-4z"/></g>`

const pictures = {
	place: card(58, 8) + reader + '<path class="l" d="M100 68v18M91 78l9 9 9-9"/>',
	keep: card(58, 40) + reader + '<path class="l" d="M40 58a20 20 0 0 0 0 18M160 58a20 20 0 0 1 0 18M30 50a34 34 0 0 0 0 34M170 50a34 34 0 0 1 0 34"/>',
	take: card(58, 14) + reader + '<path class="l" d="M158 84V28M148 40l10-12 10 12"/>',
	certificate: sheet(64, 16, 72, 104) + '<circle class="w" cx="146" cy="104" r="17"/><path class="l" d="M138 104l6 6 10-11"/>',
	print: '<path class="f" d="M34 62h132a8 8 0 0 1 8 8v42H26V70a8 8 0 0 1 8-8z"/><path class="s" d="M60 62V16h80v46z"/><path class="s" d="M56 96h88l8 38H48z"/><path class="l" d="M72 110h56M70 122h60"/><circle class="w" cx="156" cy="78" r="5"/>',
	tray: '<path class="f" d="M30 40h140a8 8 0 0 1 8 8v22H22V48a8 8 0 0 1 8-8z"/><path class="l" d="M46 58h108"/>' + sheet(66, 56, 68, 74) + '<path class="l" d="M164 96v32M155 118l9 11 9-11"/>',
	coins: '<ellipse class="w" cx="70" cy="112" rx="34" ry="13"/><ellipse class="w" cx="70" cy="98" rx="34" ry="13"/><ellipse class="w" cx="70" cy="84" rx="34" ry="13"/><rect class="f" x="110" y="24" width="66" height="100" rx="8"/><path class="l" d="M128 46h30M128 60h30"/><rect class="d" x="124" y="92" width="38" height="7" rx="3.500"/><circle class="w" cx="84" cy="42" r="22"/><path class="l" d="M76 32l8 11 8-11M84 43v14M76 47h16"/>',
	centre: '<rect class="f" x="14" y="46" width="48" height="70" rx="6"/><path class="l" d="M24 60h28M24 72h18"/><rect class="s" x="138" y="34" width="48" height="94" rx="6"/><path class="l" d="M148 50h28M148 64h28M148 78h28"/><circle class="w" cx="162" cy="106" r="7"/><path class="l" d="M72 74h50M112 64l11 10-11 10M128 96H78M88 86L77 96l11 10"/>',
	lock: card(30, 44) + '<path class="f" d="M112 74h58a6 6 0 0 1 6 6v42a6 6 0 0 1-6 6h-58a6 6 0 0 1-6-6V80a6 6 0 0 1 6-6z"/><path class="l" d="M122 74V58a19 19 0 0 1 38 0v16"/><circle class="w" cx="141" cy="97" r="8"/><path class="l" d="M141 105v12"/>',
	thanks: '<circle class="f" cx="100" cy="72" r="52"/><path class="l thick" d="M74 74l18 19 36-40"/>',
}

// picture is the large picture of a screen.
export const picture = name => h('div', { class: 'art side' }, drawn(`<svg viewBox="0 0 200 140" aria-hidden="true">${pictures[name]}</svg>`))
