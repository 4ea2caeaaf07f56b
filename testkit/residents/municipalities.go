package residents

// Codes of the invented municipalities. Their names are words for specimen,
// example, test and mock, as no real place is called.
var (
	Mihon      = municipalityCode("99201") // 見本市: takes part
	Reiji      = municipalityCode("99100") // 例示市: designated city, takes part
	ReijiNorth = municipalityCode("99101") // 例示市北区
	ReijiSouth = municipalityCode("99102") // 例示市南区
	Shiken     = municipalityCode("99301") // 試験町: domestic only
	Mogi       = municipalityCode("99401") // 模擬村: does not take part
)

// The invented prefecture of them all.
const (
	PrefectureJA = "見本県"
	PrefectureEN = "Mihon Prefecture"
)

var municipalities = []Municipality{
	{Code: Mihon, NameJA: "見本市", Kana: "みほんし", NameEN: "Mihon City", Participates: true,
		Opens: "06:30", Closes: "23:00", Phone: "000-0000-0201", Fee: 120},
	{Code: Reiji, NameJA: "例示市", Kana: "れいじし", NameEN: "Reiji City", Participates: true,
		Opens: "06:30", Closes: "23:00", Phone: "000-0000-0100", Fee: 120},
	{Code: ReijiNorth, NameJA: "例示市北区", Kana: "れいじしきたく", NameEN: "Kita Ward, Reiji City", City: Reiji,
		Participates: true, Opens: "06:30", Closes: "23:00", Phone: "000-0000-0101", Fee: 120},
	{Code: ReijiSouth, NameJA: "例示市南区", Kana: "れいじしみなみく", NameEN: "Minami Ward, Reiji City", City: Reiji,
		Participates: true, Opens: "06:30", Closes: "23:00", Phone: "000-0000-0102", Fee: 120},
	{Code: Shiken, NameJA: "試験町", Kana: "しけんちょう", NameEN: "Shiken Town", Participates: true, DomesticOnly: true,
		Opens: "08:30", Closes: "20:00", Phone: "000-0000-0301", Fee: 120},
	{Code: Mogi, NameJA: "模擬村", Kana: "もぎむら", NameEN: "Mogi Village",
		Opens: "06:30", Closes: "23:00", Phone: "000-0000-0401"},
}
