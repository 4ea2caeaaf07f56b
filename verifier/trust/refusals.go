package trust

import "akashi/verifier/rule"

// The refusals of a trust list, an issuer's key set and a revocation list.
var (
	ErrMalformed = rule.New("trust.malformed",
		"信頼リストの形式が正しくありません。公開元から取り直してください。",
		"The trust list is not in its one form. Get it again from its publisher.")
	ErrRoot = rule.New("trust.root",
		"信頼リストの署名者が、固定された公開鍵と一致しません。入手元を確認してください。",
		"The trust list is signed by another root than the pinned one. Check where it came from.")
	ErrSignature = rule.New("trust.signature",
		"信頼リストの署名が正しくありません。改ざんの恐れがあります。取り直してください。",
		"The signature of the trust list is wrong: it was changed. Get it again from its publisher.")
	ErrContent = rule.New("trust.content",
		"信頼リストに、使えない発行者・鍵・証明書・日付・失効情報が含まれています。公開元に連絡してください。",
		"The trust list holds an issuer, key, certificate, date or revocation that is not usable. Tell its publisher.")
	ErrExpired = rule.New("trust.expired",
		"信頼リストの有効期限が切れています。新しいリストを入手してください。",
		"The trust list has expired. Get a newer one.")
	ErrNotYet = rule.New("trust.not-yet",
		"信頼リストの発行日時が未来です。時計を確認してください。",
		"The trust list was issued in the future. Check the clock.")
	ErrRollback = rule.New("trust.rollback",
		"以前に使った信頼リストより古い版です。新しいリストを入手してください。",
		"The trust list is older than one that was used before. Get the newer one.")
	ErrSameVersion = rule.New("trust.same-version",
		"信頼リストの版番号は以前と同じですが、内容が異なります。公開元に確認してください。",
		"The trust list has the version of one that was used before, and other content. Ask its publisher.")
	ErrJWKS = rule.New("trust.jwks",
		"発行者の鍵一覧（JWKS）が正しくありません。発行者に連絡してください。",
		"The issuer's key set (JWKS) does not follow the rules. Tell the issuer.")
	ErrJWKSChain = rule.New("trust.jwks-chain",
		"発行者の鍵に付いた証明書（x5c）が、鍵または発行者と一致しません。発行者に連絡してください。",
		"A certificate chain (x5c) in the issuer's key set does not fit its key or the issuer. Tell the issuer.")
	ErrCRL = rule.New("trust.crl",
		"失効リストの形式が正しくありません。発行者に連絡してください。",
		"The revocation list does not follow the rules. Tell the issuer.")
	ErrCRLMethod = rule.New("trust.crl-method",
		"失効リストの方式が「rid」ではありません。発行者に連絡してください。",
		"The revocation list's method is not \"rid\". Tell the issuer.")
	ErrCRLVersion = rule.New("trust.crl-version",
		"失効リストの番号が、鍵一覧に書かれた番号と一致しません。取り直してください。",
		"The revocation list's counter is not the one that the key set names. Get it again.")
	ErrCRLID = rule.New("trust.crl-rid",
		"失効リストに、形式の正しくない失効番号（rid）があります。発行者に連絡してください。",
		"The revocation list holds a revocation ID (rid) that is not of the allowed form. Tell the issuer.")
	ErrCRLDuplicate = rule.New("trust.crl-duplicate",
		"失効リストに、同じ失効番号（rid）が二度あります。発行者に連絡してください。",
		"The revocation list names one revocation ID (rid) twice. Tell the issuer.")
	ErrCRLIssuer = rule.New("trust.crl-issuer",
		"失効リストが、信頼リストにある鍵または認証局のものではありません。入手元を確認してください。",
		"The revocation list is of no key and no authority on the trust list. Check where it came from.")
	ErrCRLOlder = rule.New("trust.crl-older",
		"失効リストが、すでにわかっているものより古い版です。新しいものを入手してください。",
		"The revocation list is older than what is known already. Get the newer one.")
)
