package release_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"akashi/centre/es256"
	"akashi/centre/wire"
	"akashi/centre/wire/release"
	"akashi/testkit/edition"
	"akashi/testkit/pki"
	"akashi/testkit/residents"
	"akashi/verifier/credential"
	"akashi/verifier/rule"
)

var theWorld = sync.OnceValues(func() (*pki.World, error) { return pki.New(nil, nil) })

func world(t testing.TB) *pki.World {
	t.Helper()
	w, err := theWorld()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func draft() *release.Release { return edition.Draft(residents.Municipalities(), time.Now()) }

func signed(t testing.TB, r *release.Release) []byte {
	t.Helper()
	b, err := edition.Sign(world(t), r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatIsSignedIsRead(t *testing.T) {
	r := draft()
	r.Texts["start.lead"] = edition.All("Choose.")
	r.Notices = []release.Notice{{From: r.Issued, Until: r.Expires, Text: edition.All("Closed on Monday.")}}
	b := signed(t, r)
	got, err := release.Parse(b, world(t).Centre.Pool(), time.Now(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(wire.Encode(got), wire.Encode(r)) || got.Digest == [32]byte{} {
		t.Errorf("read %+v", got)
	}
	if city := got.Find("991007"); city == nil || len(got.Wards(city.Code)) != 2 || got.Prefecture(city.Code).NameEN != residents.PrefectureEN {
		t.Errorf("the designated city is %+v", city)
	}
	if n := got.Shown(r.Expires.Add(-time.Second)); len(n) != 1 || len(got.Shown(r.Expires)) != 0 {
		t.Errorf("shown: %v", n)
	}
}

// forged signs any bytes with a key of the world, for a purpose that may not.
func forged(t testing.TB, body []byte, by *pki.Identity, domain string) []byte {
	t.Helper()
	d := sha256.Sum256(append([]byte(domain), body...))
	der, err := ecdsa.SignASN1(rand.Reader, by.Key, d[:])
	if err != nil {
		t.Fatal(err)
	}
	sig, err := es256.Raw(der)
	if err != nil {
		t.Fatal(err)
	}
	return wire.Encode(struct {
		Release   json.RawMessage `json:"release"`
		Chain     [][]byte        `json:"chain"`
		Signature []byte          `json:"signature"`
	}{body, by.DER(), sig})
}

const domain = "akashi/1 screen release "

func TestParseRefuses(t *testing.T) {
	w, now := world(t), time.Now()
	other, err := pki.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := draft()
	good, body := signed(t, r), wire.Encode(r)
	later, over, long := draft(), draft(), draft()
	later.NotBefore = later.NotBefore.Add(time.Hour)
	over.Issued, over.NotBefore, over.Expires = r.Issued.Add(-2*time.Minute), r.Issued.Add(-2*time.Minute), r.Issued.Add(-time.Minute)
	long.Expires = long.Expires.AddDate(2, 0, 0)
	for name, c := range map[string]struct {
		b    []byte
		min  int
		want *rule.Refusal
	}{
		"unsigned":                {body, 0, release.ErrMalformed},
		"nothing":                 {nil, 0, release.ErrMalformed},
		"too large":               {make([]byte, release.DefaultMaxRelease+1), 0, release.ErrMalformed},
		"another spelling":        {bytes.Replace(good, []byte(`"chain"`), []byte(`"Chain"`), 1), 0, release.ErrMalformed},
		"space":                   {append(bytes.Clone(good), '\n'), 0, release.ErrMalformed},
		"a signed list of trust":  {forged(t, []byte(`{"version":1}`), w.Release, domain), 0, release.ErrMalformed},
		"no signature":            {bytes.Replace(good, good[bytes.Index(good, []byte(`"signature":"`)):], []byte(`"signature":""}`), 1), 0, release.ErrSignature},
		"a price changed":         {bytes.Replace(good, []byte(`"fee":120`), []byte(`"fee":0`), 1), 0, release.ErrSignature},
		"signed for another use":  {forged(t, body, w.Release, "akashi/1 trust list "), 0, release.ErrSignature},
		"an attestation's signer": {forged(t, body, w.Attest, domain), 0, release.ErrPurpose},
		"a receipt's signer":      {forged(t, body, w.Receipt, domain), 0, release.ErrPurpose},
		"the gateway":             {forged(t, body, w.Gateway, domain), 0, release.ErrPurpose},
		"VRS's":                   {forged(t, body, w.Binding, domain), 0, release.ErrSigner},
		"another centre's":        {forged(t, body, other.Release, domain), 0, release.ErrSigner},
		"not yet":                 {signed(t, later), 0, release.ErrNotYet},
		"over":                    {signed(t, over), 0, release.ErrExpired},
		"older":                   {good, 2, release.ErrRollback},
		"outlives its signer":     {forged(t, wire.Encode(long), w.Release, domain), 0, release.ErrContent},
	} {
		got, err := release.Parse(c.b, w.Centre.Pool(), now, c.min)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want.Code)
		}
		dated := c.want == release.ErrNotYet || c.want == release.ErrExpired || c.want == release.ErrRollback
		if (got != nil) != dated {
			t.Errorf("%s: gave %v", name, got != nil)
		}
	}
	if _, err := release.Sign(r, other.Release.DER(), other.Release.Key, w.Centre.Pool()); !errors.Is(err, release.ErrSigner) {
		t.Errorf("signed by a stranger: %v", err)
	}
}

func TestContentIsHeld(t *testing.T) {
	at := func(code string, f func(*release.Municipality)) func(*release.Release) {
		return func(r *release.Release) { f(r.Find(code)) }
	}
	place := func(f func(*release.Municipality)) func(*release.Release) { return at("992011", f) }
	ward := func(f func(*release.Municipality)) func(*release.Release) { return at("991015", f) }
	if draft().Find("991015") == nil {
		t.Fatal("the ward has another code")
	}
	bad := release.ErrContent
	for name, c := range map[string]struct {
		spoil func(*release.Release)
		want  *rule.Refusal
	}{
		"version":             {func(r *release.Release) { r.Version = 0 }, bad},
		"local time":          {func(r *release.Release) { r.Issued = r.Issued.In(release.Japan) }, bad},
		"part of a second":    {func(r *release.Release) { r.NotBefore = r.NotBefore.Add(1) }, bad},
		"ends before":         {func(r *release.Release) { r.Expires = r.NotBefore }, bad},
		"no list":             {func(r *release.Release) { r.Notices = nil }, bad},
		"no phone":            {func(r *release.Release) { r.Phone = "" }, bad},
		"terms version":       {func(r *release.Release) { r.Terms.Version = "2026 11" }, bad},
		"no clause":           {func(r *release.Release) { r.Terms.Clauses = nil }, bad},
		"no legal basis":      {func(r *release.Release) { r.Terms.Basis = nil }, release.ErrLanguage},
		"language missing":    {func(r *release.Release) { delete(r.Terms.Purpose, "vi") }, release.ErrLanguage},
		"another language":    {func(r *release.Release) { l := r.Terms.Oneself; l["fr"] = l["vi"]; delete(l, "vi") }, release.ErrLanguage},
		"an empty text":       {func(r *release.Release) { r.Terms.Representative["ko"] = "" }, bad},
		"a control character": {func(r *release.Release) { r.Terms.Purpose["ja"] += "\u202e" }, bad},
		"a place in terms":    {func(r *release.Release) { r.Terms.Purpose["ja"] = "{n}" }, bad},
		"text too long":       {func(r *release.Release) { r.Texts["back"] = edition.All(strings.Repeat("a", release.DefaultMaxText+1)) }, bad},
		"notice half said": {func(r *release.Release) {
			r.Notices = []release.Notice{{From: r.Issued, Until: r.Expires, Text: release.Local{"ja": "休み"}}}
		}, release.ErrLanguage},
		"notice backwards": {func(r *release.Release) {
			r.Notices = []release.Notice{{From: r.Expires, Until: r.Issued, Text: edition.All("x")}}
		}, bad},
		"no source":          {func(r *release.Release) { r.Source = "" }, bad},
		"a source of lines":  {func(r *release.Release) { r.Source = "a\nb" }, bad},
		"a source too long":  {func(r *release.Release) { r.Source = strings.Repeat("a", release.DefaultMaxSource+1) }, bad},
		"prefecture":         {func(r *release.Release) { r.Prefectures[0].Code = "9" }, bad},
		"prefecture twice":   {func(r *release.Release) { r.Prefectures = append(r.Prefectures, r.Prefectures[0]) }, bad},
		"prefecture missing": {func(r *release.Release) { r.Prefectures = []release.Prefecture{} }, bad},
		"nobody":             {func(r *release.Release) { r.Municipalities = []release.Municipality{} }, bad},
		"out of order":       {func(r *release.Release) { m := r.Municipalities; m[0], m[1] = m[1], m[0] }, bad},
		"twice":              {func(r *release.Release) { r.Municipalities = append(r.Municipalities, r.Municipalities[5]) }, bad},
		"check digit":        {place(func(m *release.Municipality) { m.Code = "992010" }), bad},
		"no name":            {place(func(m *release.Municipality) { m.NameEN = "" }), bad},
		"katakana":           {place(func(m *release.Municipality) { m.Kana = "ミホンシ" }), bad},
		"fee":                {place(func(m *release.Municipality) { m.Fee = -1 }), bad},
		"its phone":          {place(func(m *release.Municipality) { m.Phone = "" }), bad},
		"no kinds":           {place(func(m *release.Municipality) { m.Kinds = nil }), bad},
		"kind":               {place(func(m *release.Municipality) { m.Kinds = []credential.Kind{3} }), bad},
		"kind twice":         {place(func(m *release.Municipality) { m.Kinds = []credential.Kind{1, 1} }), bad},
		"no hours":           {place(func(m *release.Municipality) { m.Hours = nil }), bad},
		"hours":              {place(func(m *release.Municipality) { m.Hours = &release.Hours{Opens: 60, Closes: 30} }), bad},
		"its notice":         {place(func(m *release.Municipality) { m.Notice = release.Local{"ja": "休み"} }), release.ErrLanguage},
		"ward of nowhere":    {ward(func(m *release.Municipality) { m.City = "011002" }), bad},
		"ward of a ward":     {ward(func(m *release.Municipality) { m.City = m.Code }), bad},
		"ward that takes part": {ward(func(m *release.Municipality) {
			m.TakesPart, m.Kinds, m.Hours = true, []credential.Kind{1}, &release.Hours{}
		}), bad},
		"service hours":     {func(r *release.Release) { r.Hours = release.Hours{Opens: 1500, Closes: 1501} }, bad},
		"closed day":        {func(r *release.Release) { r.Closed = []release.Day{"2026-02-30"} }, bad},
		"closed days":       {func(r *release.Release) { r.Closed = []release.Day{"2026-12-31", "2026-12-30"} }, bad},
		"maintenance":       {func(r *release.Release) { r.Maintenance = []release.Window{{From: r.Expires, Until: r.Issued}} }, bad},
		"too many notices":  {func(r *release.Release) { r.Notices = make([]release.Notice, release.DefaultMaxNotices+1) }, bad},
		"a space at an end": {func(r *release.Release) { r.Terms.Basis["ja"] += " " }, bad},
		"nothing but space": {func(r *release.Release) { r.Texts["back"] = edition.All("　") }, bad},
	} {
		r := draft()
		c.spoil(r)
		if _, err := edition.Sign(world(t), r); !errors.Is(err, c.want) {
			t.Errorf("%s: signed: %v", name, err)
		}
		// A signer that does not look is not enough either.
		if _, err := release.Parse(forged(t, wire.Encode(r), world(t).Release, domain), world(t).Centre.Pool(), time.Now(), 0); err == nil || !errors.Is(err, c.want) && !errors.Is(err, release.ErrMalformed) {
			t.Errorf("%s: read: %v", name, err)
		}
	}
}

// What a release says otherwise than the kiosk, in a language with a voice, has
// no sound; the same words, or others in a language without one, lack none.
func TestUnspoken(t *testing.T) {
	c := release.Catalogue{"back": edition.All("Back"), "next": edition.All("On"), "quiet": edition.All("Stop")}
	r := &release.Release{Texts: map[string]release.Local{"back": edition.All("Return"), "next": edition.All("On"), "quiet": edition.All("Stop")}}
	r.Texts["quiet"]["ko"] = "그만"
	if got := c.Unspoken(r); !slices.Equal(got, []string{"back"}) {
		t.Errorf("%q", got)
	}
}

func TestCatalogueHolds(t *testing.T) {
	c := release.Catalogue{"charged": edition.All("Paid: {sum}"), "back": edition.All("Back")}
	for name, x := range map[string]struct {
		key, text string
		want      *rule.Refusal
	}{
		"replaced":           {"charged", "You have paid {sum}.", nil},
		"place left out":     {"charged", "Paid.", release.ErrPlace},
		"place added":        {"back", "Back to {n}", release.ErrPlace},
		"place of its own":   {"charged", "Paid: {n}", release.ErrPlace},
		"text that is none":  {"charge", "Paid: {sum}", release.ErrKey},
		"a step's own order": {"session.steps", "PIN, consent", release.ErrKey},
	} {
		r := draft()
		r.Texts[x.key] = edition.All(x.text)
		if err := c.Hold(r); x.want == nil && err != nil || x.want != nil && !errors.Is(err, x.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDraft(t *testing.T) {
	r := draft()
	written, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got, err := release.Draft(written, time.Time{})
	if err != nil || !bytes.Equal(wire.Encode(got), wire.Encode(r)) {
		t.Errorf("a draft as people write it: %v", err)
	}
	for _, b := range []string{`{"steps":[]}`, "{}", "", string(written) + "{}", strings.Repeat(" ", release.DefaultMaxRelease+1)} {
		if _, err := release.Draft([]byte(b), time.Time{}); err == nil {
			t.Errorf("%.20q was read", b)
		}
	}
	if c, err := release.ReadCatalogue([]byte(`{"back":{"ja":"もどる"}}`)); !errors.Is(err, release.ErrLanguage) {
		t.Errorf("a catalogue of one language: %v, %v", c, err)
	}
}

// Whatever is read encodes to the same bytes, and nothing that the world's key
// has not signed is read.
func FuzzParse(f *testing.F) {
	w := world(f)
	r := draft()
	f.Add(signed(f, r))
	f.Add(wire.Encode(r))
	f.Add([]byte(`{"release":{},"chain":[],"signature":""}`))
	f.Add(forged(f, []byte(`{}`), w.Release, domain))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := release.Parse(b, w.Centre.Pool(), r.Issued, 0)
		if err == nil && !bytes.Contains(b, wire.Encode(got)) {
			t.Error("read something else than was signed")
		}
	})
}

func FuzzDraft(f *testing.F) {
	f.Add(wire.Encode(draft()))
	f.Add([]byte(`{"version":1,"hours":{"opens":"06:30","closes":"24:00"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := release.Draft(b, time.Time{})
		if err != nil {
			return
		}
		again, err := release.Draft(wire.Encode(r), time.Time{})
		if err != nil || !bytes.Equal(wire.Encode(again), wire.Encode(r)) {
			t.Errorf("a draft does not survive its own encoding: %v", err)
		}
	})
}
