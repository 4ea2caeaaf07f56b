package release

import (
	"fmt"

	"akashi/verifier/rule"
)

// The refusals of a screen release.
var (
	ErrMalformed = rule.New("release.malformed",
		"画面の版の形式が正しくありません。センターから取り直してください。",
		"The screen release is not in its one form. Get it again from the centre.")
	ErrSigner = rule.New("release.signer",
		"画面の版に、固定されたセンターのルート証明書につながる署名者がいません。入手元を確認してください。",
		"The screen release has no signer that the pinned root of the centre vouches for. Check where it came from.")
	ErrPurpose = rule.New("release.purpose",
		"画面の版の署名者は、画面の版に署名してよい者ではありません。入手元を確認してください。",
		"The signer of the screen release may not sign screen releases: the certificate has another role. Check where it came from.")
	ErrSignature = rule.New("release.signature",
		"画面の版の署名が正しくありません。改ざんの恐れがあります。センターから取り直してください。",
		"The signature of the screen release is wrong: it was changed. Get it again from the centre.")
	ErrContent = rule.New("release.content",
		"画面の版に、使えない内容があります。作成者が直し、新しい版として署名してください。",
		"The screen release holds something that cannot be used. Whoever made it must correct it and sign it as a new version.")
	ErrLanguage = rule.New("release.language",
		"画面の版に、すべての言語がそろっていない文があります。訳を足し、新しい版として署名してください。",
		"A text of the screen release is not there in every language, or in one that nobody knows. Add it and sign a new version.")
	ErrKey = rule.New("release.key",
		"画面の版に、端末の画面にない文の名前があります。名前を直し、新しい版として署名してください。",
		"The screen release replaces a text that the screen does not have. Correct its key and sign a new version.")
	ErrPlace = rule.New("release.place",
		"画面の版の文に、数や電話番号の入る場所が足りないか、余分にあります。直し、新しい版として署名してください。",
		"A text of the screen release drops or adds a place that the screen fills. Correct it and sign a new version.")
	ErrNotYet = rule.New("release.not-yet",
		"画面の版は、まだ始まっていません。時計を確認するか、その時刻まで待ってください。",
		"The screen release is not in force yet. Check the clock, or wait until then.")
	ErrExpired = rule.New("release.expired",
		"画面の版の有効期限が切れています。新しい版を出してください。",
		"The screen release has expired. Publish a newer one.")
	ErrRollback = rule.New("release.rollback",
		"以前に使った画面の版より古い版です。新しい版を出してください。",
		"The screen release is older than one that was used before. Publish a newer one.")
	ErrSameVersion = rule.New("release.same-version",
		"画面の版の番号は以前と同じですが、内容が異なります。新しい番号で出し直してください。",
		"The screen release has the version of one that was used before, and other content. Publish it under a new number.")
)

// content is ErrContent with the entry that is wrong.
func content(format string, a ...any) error {
	return fmt.Errorf("%w (%s)", ErrContent, fmt.Sprintf(format, a...))
}
