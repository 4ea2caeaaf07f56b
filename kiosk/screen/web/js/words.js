// The catalogues: every word of the page, by language and key.

// fill puts values into a text's places.
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''))

// Words gives texts in the language that is shown now.
export class Words {
	constructor(all) {
		this.language = 'ja'
		this.take(all)
	}

	// take takes the texts of a screen release; the language stays.
	take({ release, languages, words }) {
		this.release = release
		this.languages = languages
		this.catalogues = words
	}

	// has says whether there is a text of that key.
	has(key) { return key in this.catalogues[this.language] }

	// text gives a text with its places filled; a key that no catalogue has is a
	// mistake of the page, and stands there as it is for everybody to see.
	text(key, values = {}) { return this.own(this.language, key, values) }

	// tag gives a language's tag for what stands on the page (BCP 47: a variety
	// without a name of its own is private).
	tag(language = this.language) { return language.replace('ja-easy', 'ja-x-easy') }

	// own gives a text in its own language: for the choice of one.
	own(language, key, values = {}) { return fill(this.catalogues[language][key] ?? key, values) }

	// of gives the words for a code that came from the session worker.
	of(texts) {
		return texts?.find(t => t.language === this.language) ?? texts?.find(t => t.language === 'en') ?? texts?.[0]
	}

	// local gives a text that came in every language, as notices do.
	local(text) { return text?.[this.language] ?? text?.ja ?? '' }

	// moment gives a time (Unix seconds) as it is in Japan.
	moment(at) {
		return new Intl.DateTimeFormat(this.tag(), { month: 'long', day: 'numeric', weekday: 'short', hour: 'numeric', minute: '2-digit', timeZone: 'Asia/Tokyo' }).format(at * 1000)
	}

	// name gives a municipality's name, and the other one of the two.
	name(o) { return this.japanese ? [o.name_ja, o.kana ?? ''] : [o.name_en, o.name_ja] }

	prefecture(o) { return (this.japanese ? o.prefecture_ja : o.prefecture_en) ?? '' }

	get japanese() { return this.language.startsWith('ja') }
}
