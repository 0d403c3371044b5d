/**
 * Hashes as other products write them, each with its password. Django 5.2, Werkzeug 3.1, passlib 1.7, argon2-cffi 25 and bcrypt 5 made
 * theirs; those of old versions, of Keycloak and of Better Auth were made by their rules with Python's hashlib. Firebase's are the
 * published ones of its own documentation and of Supabase's tests.
 */

/** A hash, the password that it is of, and what is to become of it. */
export interface KnownHash {
  readonly name: string
  readonly hash: string
  readonly password: string
  readonly is: 'stored' | 'weak'
  readonly scheme: string
}

/** The password of those that have no other. */
const PASSWORD = 'pâte à choux, vingt-six 🥐'

/** Name, what becomes of it, scheme, hash, and the password where it is another. */
const TABLE = `
Django’s PBKDF2 with SHA-256 | stored | pbkdf2-sha256 | pbkdf2_sha256$1000000$yZolLEVS7HfvJONogywDDY$YpgM6A1SAIV3pjEEvn2bR8d9lb/G4x6iuOpvPEBzkAQ=
Django’s PBKDF2 with SHA-1 | stored | pbkdf2-sha1 | pbkdf2_sha1$1000000$Qg4zwM2DrbxKDBOTieovCc$hhwHIKpfEmECB3cxb1xDot3KEAg=
Django’s Argon2 | stored | argon2id | argon2$argon2id$v=19$m=102400,t=2,p=8$R0NKamlKcGxrY0VvTHlCTUZkMGpJRw$YESML8bhu5IGspuGUa0bel5ysIfd4cvXBNX5f4lWLNs
Django’s bcrypt over SHA-256 | stored | bcrypt-sha256-hex | bcrypt_sha256$$2b$12$wz8xqXS.9bLp.zioiBSeW.nMdD9YUiUxAE61S/RPp3orU1fpIl4ou
Django’s bcrypt | stored | bcrypt | bcrypt$$2b$12$813f6URcKZ2JogbQEpHGlOEQ06.Yj3WnaiKEvIsRUdc6wtpI3aeYK
Django’s scrypt | stored | scrypt | scrypt$16384$hfLIZBaT1xuDuBHaSovTMU$8$5$3SWZzjmK8xRQsQlcmZ7GGfR3gz+aT48vZ8fpTab6I9N07ZfYaCLLrvANsD8uYgxm4hGTmdyhlt4uH/re9OBtqw==
Django’s MD5 | weak | md5-saltfirst | md5$GiaIHzA2mtq3asiOGJT0Pb$3efff6369a28e029e8d7101fdfd4df86
Django’s SHA-1 | weak | sha1-saltfirst | sha1$a1b2c$30891c26bdf2c2ea9f05c9188f7c484d00970e13
Django’s MD5 without salt | weak | md5-saltfirst | md5$$8984bd1b611a698142c30446b833a092
Django’s SHA-1 without salt | weak | sha1-saltfirst | sha1$$c02c0a287bf3b3f8a20ef1a2f279dc99973bc58a
the PBKDF2 of an older Django | weak | pbkdf2-sha256 | pbkdf2_sha256$36000$saltsalt1234$Pqd2hFwZnQ1E+RtvM9onFZsTqk61hif4pLtrB+SteZI=
Werkzeug’s scrypt | stored | scrypt | scrypt:32768:8:1$Q6GDDCgaX1bmRHZw$2bd5296b7939a55201ccc596260e53e46fd8cb4e858590670f3aaf0481a5aeb6ad6dc006b95e9f6dd874bb371adf14786f593041045c2a413c235b4f996b832a
Werkzeug’s PBKDF2 | stored | pbkdf2-sha256 | pbkdf2:sha256:1000000$dp5QRNfnPcW91fwZ$73e5abcca66b839df19a2a351cc1c3d8935a3267c781884ab2495e89aaf1ac49
Werkzeug’s PBKDF2 with SHA-512 | stored | pbkdf2-sha512 | pbkdf2:sha512:210000$DOZvxizCsfow05Kh$3b08e3c05d3f9fd9b3cb69ad6f371530b3865f06540d6193aab67754d14cc5abab68a5de1a289b12c14aa8c31ac0e18787a5b03883f4a26aec97dab6e21ed440
Werkzeug’s PBKDF2 of few rounds | weak | pbkdf2-sha1 | pbkdf2:sha1:1000$5aHzm7Y7KrTdl5tK$f84b70495874628b3f0a42337b606ce555607356
an older Werkzeug’s SHA-256 | weak | sha256-hmac | sha256$abcdefgh12345678$85ad6afbde4659b6e8d465f1df4c5b1d25cc5c95e782955cd614041b13c07673
an older Werkzeug’s SHA-512 | weak | sha512-hmac | sha512$abcdefgh12345678$cfba9b1e611ada0b877e20121f7abfb2b77e33af39cc30c4edcfc018982c1375295607edac616422ce4ad380ce9f9bc7cc4a2518130a745c929d28d3d2c57a0e
an older Werkzeug’s SHA-1 | weak | sha1-hmac | sha1$abcdefgh$440e1ddc1c73f3c10ecc7e55a5e812521b2df54a
passlib’s PBKDF2 with SHA-1 | stored | pbkdf2-sha1 | $pbkdf2$131000$LAWAEAIAgFBq7V2LUWqNUQ$aQ18Y2Ub7Pj7wtf5DW4JXIIpecw
passlib’s PBKDF2 with SHA-256 | stored | pbkdf2-sha256 | $pbkdf2-sha256$100000$iPF.r1WKkZLSGsP4X2utNQ$/DE4m9oNNofmHO1e9DZT0O96L1zWtFYagDm/gSN1ZYA
passlib’s PBKDF2 with SHA-256 of few rounds | weak | pbkdf2-sha256 | $pbkdf2-sha256$29000$HmNsLYVwTiml1FqrtRYCIA$zEYD85XJcUPlrQjkYpJUBuQ2eunMn1T0IU22G6eHFMA
passlib’s PBKDF2 with SHA-512 | stored | pbkdf2-sha512 | $pbkdf2-sha512$25000$sXbOuVfKubdWCkForfW.Vw$fYmhImXnZnMfiWmtO2Zovdj0N/RadhDujPcL4Pxd5GgNii7cjVtO/GiHIDdMa4T97j0QO4om8kQuNGRzCUcxYg
passlib’s scrypt | stored | scrypt | $scrypt$ln=14,r=8,p=1$XosxZowRglDKeY/xnhNibA$gZl7vxtGIabiDa9w1ClSr1RG5MXsmGkXNQANZdTrx+U
passlib’s bcrypt over SHA-256, version 1 | stored | bcrypt-sha256-base64 | $bcrypt-sha256$2b,10$DxZjOvzhjXNISZr1XP3REu$/8If/C8STtBOr57fUSJ3tqgF1iDoYg.
passlib’s bcrypt over SHA-256, version 2 | stored | bcrypt-hmac-base64 | $bcrypt-sha256$v=2,t=2b,r=10$o4mgxQIpErQMpxx2ppwRje$9ZprTteh3T0sGwdHbUKvCEnZdHuD8eO
LDAP’s SSHA | weak | sha1-saltlast | {SSHA}PeI2iJzg6XGD503NWX8Y0cPbHuJmzLkX
LDAP’s SHA | weak | sha1-saltlast | {SHA}wCwKKHvzs/iiDvGi8nncmZc7xYo=
LDAP’s SMD5 | weak | md5-saltlast | {SMD5}YdSNdpTFapskW2xX60ItjM2ZEyI=
LDAP’s SSHA256 | weak | sha256-saltlast | {SSHA256}tHDwXzmdbG2SmPby5csYbaTrwNPEooEmK+OYiJgMx4iXEkKo9f6/Fw==
LDAP’s SSHA512 | weak | sha512-saltlast | {SSHA512}dShc13x4NcalvsQpUjPipYA7vUPDSoeZDR39QJPerfJqf9LOwYeAUWrIITWpcjEKwXmftmw7NGmIzVbbMIagaOpdq7VWyhkj
Argon2d | stored | argon2d | $argon2d$v=19$m=8192,t=2,p=2$MWVEYDnQ9Qv1tAtI13O1MQ$TkOU35m4830byJcX5KnsfcFv8LduLXLYPSIFedIVBQg
Argon2i | stored | argon2i | $argon2i$v=19$m=8192,t=2,p=2$9Ht7VtG9WJIxi4rRbzH5mQ$OlQhuHLOnD14jBwOVP6sKnpx1di9ETV89RYMyQH2VBI
Argon2id in eight lanes | stored | argon2id | $argon2id$v=19$m=8192,t=3,p=8$Grwb8fAr1NFtyPBt0WwegA$RcdZHYjQHWTxuTJLtzqGhEFBZff2U4Anllkq+dp+S80
Argon2i of half a megabyte | weak | argon2i | $argon2i$v=19$m=512,t=2,p=2$tDCqf5ZQ7fr5/PAt63GQgw$LM4EhfBJcj0B8/IllTib0UeEWL5FQPWNkFTJ4bCJTbY
Argon2id 1.0 | stored | argon2id | $argon2id$v=16$m=8192,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$ZGpJM197h326PGO7XgfVnnbuMDAdjiGF63+t2pVXcd4
Argon2i 1.0, which names no version | stored | argon2i | $argon2i$m=8192,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$0GKMv2Jvvn9BF3+8W5UhvNfZQvw1AsmLVjRJst2WcXI
bcrypt’s $2a$ | stored | bcrypt | $2a$10$NeAxutWllxNtKR/4VPOWOOj9pn1WSYKPnnGSCnDhBoEgddjEAwxw2
bcrypt’s $2b$ | stored | bcrypt | $2b$10$YtaOhxET0vv9ydOBKVZVMO3xmntH4I/eRX3Tkk8lrDTLhoPDzU/xq
bcrypt of cost 5 | weak | bcrypt | $2b$05$XGWc06z4l045TrnM1UvSb.RwfBk/wNiJTqOuWsI6FGyeWcGgaiuhi
Spring’s bcrypt | stored | bcrypt | {bcrypt}$2a$10$NeAxutWllxNtKR/4VPOWOOj9pn1WSYKPnnGSCnDhBoEgddjEAwxw2
Keycloak’s PBKDF2 with SHA-512 | stored | pbkdf2-sha512 | $pbkdf2-sha512$i=210000,l=64$rhVuBmxPXmUmBqI05thTug$kos2MclHSKvPUPbwc4QSv9IcJi6EoKCeHGNARb5wudEHCPCXHmpVFuqGwTaEJOGrsxavJhmNAQj6El1ZofCT5A
an older Keycloak’s PBKDF2 | weak | pbkdf2-sha256 | $pbkdf2-sha256$i=27500,l=64$rhVuBmxPXmUmBqI05thTug$yMCkwAH/P9H/cb7dk1BgXFAFrF0jZtEy+dQJ+DUNzSf3TaLGwE399NmnolkndEThxTHOmC5G+ZMEAlkwTcZ9iw
PBKDF2 of two blocks | stored | pbkdf2-sha256 | $pbkdf2-sha256$i=100000,l=64$rhVuBmxPXmUmBqI05thTug$kxrtMue6fygXFsWXQCLWZOId5Udr3hr4Yoj5xqJx6fPfuxPQSSBmVmVggZB9BJVC5gwwsG9zVWaTxIxT+LPEyA
Better Auth’s scrypt, which normalises | stored | scrypt-nfkc | f10a269e266c7e88412c7b33a113ed9f:46e65e7f00cf3074a9d60ad8950af20f641d4099084e5af9af656711149bf89c35f8916f15fc901c57b424d03c14059855afa28f5f4a0d2887f63c46accf632e | ﬁancée mauve au balcon
Better Auth’s scrypt, normalised before | stored | scrypt-nfkc | f10a269e266c7e88412c7b33a113ed9f:46e65e7f00cf3074a9d60ad8950af20f641d4099084e5af9af656711149bf89c35f8916f15fc901c57b424d03c14059855afa28f5f4a0d2887f63c46accf632e | fiancée mauve au balcon
Firebase’s scrypt | stored | scrypt-firebase | $fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ== | user1password
Firebase’s scrypt in Supabase | stored | scrypt-firebase | $fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=ou9tdYTGyYm8kuR6Dt0Bp0kDuAYoXrK16mbZO4yGwAn3oLspjnN0/c41v8xZnO1n14J3MjKj1b2g6AUCAlFwMw==$C0sHCg9ek77hsg==$zKVTMvnWVw5BBOZNUdnsalx4c4c7y/w7IS5p6Ut2+CfEFFlz37J9huyQfov4iizN8dbjvEJlM5tQaJP84+hfTw== | mytestpassword
`

export const KNOWN_HASHES: readonly KnownHash[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [name = '', is, scheme = '', hash = '', password = PASSWORD] = line.split(' | ')
    return { name, is: is === 'weak' ? 'weak' : 'stored', scheme, hash, password }
  })

/** A password that is too long for bcrypt, and a hash of it. */
export const LONG_PASSWORD =
  'violet ladder hums at noon, seven quiet harbours in fog, a copper owl under eleven slow lanterns'
export const LONG_PASSWORD_HASH =
  'pbkdf2:sha256:60000$saltsalt12345678$e5d3608e50fb393f2a39cc02f21fbebad493a4664a6d202a9f16a8279c5d8902'
