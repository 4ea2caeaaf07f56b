// The catalogues: every word of the page, by language and key.

// Words gives texts in the language that is shown now.
export class Words {
	constructor({ languages, words }) {
		this.languages = languages
		this.catalogues = words
		this.language = 'ja'
	}

	// text gives a text with its places filled; a key that no catalogue has is a
	// mistake of the page, and stands there as it is for everybody to see.
	text(key, values = {}) {
		const t = this.catalogues[this.language][key] ?? key
		return t.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''))
	}

	// tag gives a language's tag for what stands on the page (BCP 47: a variety
	// without a name of its own is private).
	tag(language = this.language) { return language.replace('ja-easy', 'ja-x-easy') }

	// own gives a text in its own language: for the choice of one.
	own(language, key) { return this.catalogues[language][key] }

	// of gives the words for a code that came from the session worker.
	of(texts) {
		return texts?.find(t => t.language === this.language) ?? texts?.find(t => t.language === 'en') ?? texts?.[0]
	}

	// name gives a municipality's name, and the other one of the two.
	name(o) { return this.japanese ? [o.name_ja, o.kana ?? ''] : [o.name_en, o.name_ja] }

	prefecture(o) { return (this.japanese ? o.prefecture_ja : o.prefecture_en) ?? '' }

	get japanese() { return this.language.startsWith('ja') }
}
