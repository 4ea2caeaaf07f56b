-- The reference VRS's database. Every table of a municipality's data has the
-- municipality (6 digits) first in its key: an area is never read without it.
-- Items: requirements 1f; functions: F-01 to F-07.

CREATE TABLE municipalities ( -- tenants, and what they take part in (A-12)
  municipality TEXT PRIMARY KEY,
  name_ja      TEXT NOT NULL,
  name_en      TEXT NOT NULL,
  phone        TEXT NOT NULL,
  takes_part   INTEGER NOT NULL, -- in convenience-store issuance
  overseas     INTEGER NOT NULL  -- offers overseas certificates there
) STRICT;

CREATE TABLE residents ( -- 属性情報; person is the 宛名番号
  municipality TEXT NOT NULL REFERENCES municipalities,
  person       INTEGER NOT NULL,
  name         TEXT NOT NULL,
  birth        TEXT NOT NULL, -- YYYY-MM-DD, YYYY-MM or YYYY
  sex          TEXT NOT NULL,
  PRIMARY KEY (municipality, person)
) STRICT;

CREATE TABLE former_names ( -- 旧姓・別姓・別名, as whole names
  municipality TEXT NOT NULL,
  person       INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  name         TEXT NOT NULL,
  PRIMARY KEY (municipality, person, seq),
  FOREIGN KEY (municipality, person) REFERENCES residents
) STRICT;

CREATE TABLE individual_numbers ( -- 個人番号, apart from everything else
  municipality TEXT NOT NULL,
  number       TEXT NOT NULL,
  person       INTEGER NOT NULL,
  PRIMARY KEY (municipality, number),
  FOREIGN KEY (municipality, person) REFERENCES residents
) STRICT;

CREATE TABLE vouchers ( -- 接種券番号 (F-01, F-14)
  municipality TEXT NOT NULL,
  voucher      TEXT NOT NULL,
  person       INTEGER NOT NULL,
  issued_on    TEXT NOT NULL,
  PRIMARY KEY (municipality, voucher),
  FOREIGN KEY (municipality, person) REFERENCES residents
) STRICT;

CREATE TABLE flags ( -- moved out, died, … (F-03); nothing is deleted (V-17)
  municipality TEXT NOT NULL,
  person       INTEGER NOT NULL,
  flag         TEXT NOT NULL,
  since        TEXT NOT NULL,
  PRIMARY KEY (municipality, person, flag),
  FOREIGN KEY (municipality, person) REFERENCES residents
) STRICT;

CREATE TABLE records ( -- 接種記録 (F-02)
  municipality TEXT NOT NULL,
  person       INTEGER NOT NULL,
  disease      TEXT NOT NULL,
  number       INTEGER NOT NULL, -- 接種回
  given_on     TEXT NOT NULL,
  product      TEXT NOT NULL,
  lot          TEXT NOT NULL,
  country      TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('ok', 'needs-check')),
  PRIMARY KEY (municipality, person, disease, number),
  FOREIGN KEY (municipality, person) REFERENCES residents
) STRICT;

CREATE TABLE passports ( -- 旅券関係情報 on file now
  municipality TEXT NOT NULL,
  person       INTEGER NOT NULL,
  roman_name   TEXT NOT NULL,
  nationality  TEXT NOT NULL,
  passport     TEXT NOT NULL,
  PRIMARY KEY (municipality, person),
  FOREIGN KEY (municipality, person) REFERENCES residents
) STRICT;

CREATE TABLE issues ( -- 証明書ID, 証明書発行年月日 and what became of each
  municipality TEXT NOT NULL,
  id           TEXT NOT NULL UNIQUE,
  person       INTEGER NOT NULL,
  kind         INTEGER NOT NULL, -- 1 domestic, 2 overseas
  disease      TEXT NOT NULL,
  channel      TEXT NOT NULL CHECK (channel IN ('kiosk', 'counter', 'phone')),
  passport     TEXT NOT NULL,    -- '' when domestic
  issued_on    TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'void', 'unknown')),
  token        BLOB UNIQUE,      -- SHA-256 of the settle token
  reserved_at  INTEGER NOT NULL, -- Unix seconds
  settled_at   INTEGER,
  kid          TEXT NOT NULL,    -- of the key that signs its SMART Health Card; '' when none of ours does
  revoked_at   INTEGER,          -- start of a revocation
  revoked_by   INTEGER,          -- the municipality's officer, by number
  revoked_why  TEXT CHECK (revoked_why IN ('corrected', 'wrong')),
  PRIMARY KEY (municipality, id),
  FOREIGN KEY (municipality, person) REFERENCES residents
) STRICT;

CREATE TABLE provisions ( -- 情報提供等の記録 (V-10): who asked, why, when, what came of it
  seq          INTEGER PRIMARY KEY,
  municipality TEXT NOT NULL,
  purpose      TEXT NOT NULL,
  asker        TEXT NOT NULL, -- certificate-centre; a municipality's code for movers (F-04)
  at           INTEGER NOT NULL,
  question     BLOB UNIQUE,   -- digest of nonce and counter: a question is answered once
  status       TEXT NOT NULL
) STRICT;

CREATE TABLE revocations ( -- what leaves VRS of a revocation: nothing of an area
  seq   INTEGER PRIMARY KEY, -- from 1, without gaps
  kid   TEXT NOT NULL,
  rid   TEXT NOT NULL UNIQUE,
  chain BLOB NOT NULL        -- digest of the history up to here
) STRICT;

CREATE TABLE settings ( -- VRS's own keys
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT;
