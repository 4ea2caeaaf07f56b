package operate

const usage = `usage: keys create -dir DIR [-issuer URL] [-token FILE]
       keys publish -dir DIR [-out DIR]
       keys activate -dir DIR [-key NAME] [-now -reason TEXT] [-token FILE]
       keys rotate -dir DIR -purpose PURPOSE [-token FILE]
       keys retire|destroy|revoke -dir DIR -key NAME [-reason TEXT] [-token FILE]
       keys list|days|jwks|adopt -dir DIR
       keys token -token FILE
       keys serve -config FILE`

const help = usage + `

The way of a key: created -> published -> activated -> retired -> destroyed.

  create    a new folder: for each purpose (attest, receipt, shc, vdsnc, pdf,
            vrs-tls) a key and a certificate request, NAME.csr. Have them signed
            and put each chain, leaf first, in NAME.pem.
  publish   takes the certificates that have come, new or renewed. With -out it
            also writes what everybody may see there: jwks.json with every
            key that cards may rest on, the certificates, and the record.
  activate  has a published key sign, and retires the one that did. A card key
            (shc) must have been published for 30 days, so that verifiers have
            it; -now with a -reason does it at once. Without -key: every key
            whose time has come.
  rotate    the next key of a purpose, and its request. Then publish, activate.
  retire    a key signs no more, without a successor. What it signed stays good,
            as it does after any rotation.
  destroy   removes the private part of a retired key. What it signed stays good.
  revoke    for a key that somebody else may have: it signs no more at once,
            leaves the key set, and its private part is removed. What it signed
            is not believed any more. Needs a -reason.
  list      every key that there ever was, and where its private part is.
  days      the days left of each key that signs. Ends with 3 when one has 30 or
            less, with 4 when it has 7 or less or a purpose has no key.
  jwks      the key set on standard output.
  adopt     makes the record of a folder of keys that has none.
  token     tries the token's PIN once and says how the token is. After a wrong
            PIN nothing else tries one.
  serve     the key process; says "ready keys SOCKET". It takes every change of
            the folder by itself, at the latest after some seconds, at once on
            SIGHUP; sessions that have begun finish with the keys they began with.

Run it as the user that the key process runs as. Keys are in files (mode 0600),
or in a token: -token FILE describes one, {"module":"/path/of/library.so",
"label":"its label","pin_file":"/path, mode 0600"}, and so does "token" in the
configuration of serve. No private key ever leaves either: there is no export.

Exit codes: 0 done; 1 refused, with the reason; 2 asked wrongly; 3, 4 see days.
`
