#!/bin/sh
# Makes the certificates of the mail server that tests talk to, all good for a hundred years but the expired one.
# Run it here, where openssl 3 is installed, to make them anew. The key of the authority is thrown away: nobody can issue more.
#   ca.pem          an authority that nobody but a test trusts
#   here.pem        for this machine, by its names and addresses
#   elsewhere.pem   for another machine
#   expired.pem     for this machine, until 2001
#   key.pem         the key of the last three
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

since=20200101000000Z # before any clock that tests run under
until=21191231000000Z

cat >"$work/ca.conf" <<CONF
[ca]
default_ca = tests
[tests]
database = $work/index
new_certs_dir = $work
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
CONF
: >"$work/index"

issue() { # name, extensions, first and last instant, who signs
  printf "$2\n" >"$work/extensions"
  openssl ca -batch -notext -config "$work/ca.conf" -keyfile "$work/ca.key" -in "$work/$1.csr" \
    -extfile "$work/extensions" -startdate "$3" -enddate "$4" -out "$1.pem" $5
}

openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/ca.key" -out "$work/ca.csr" \
  -subj '/CN=An authority for tests'
issue ca 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign' "$since" "$until" -selfsign

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem
chmod 644 key.pem
for name in here elsewhere expired; do
  openssl req -new -key key.pem -subj "/CN=$name" -out "$work/$name.csr"
done
names='subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1,IP:0.0.0.0\nextendedKeyUsage=serverAuth'
issue here "$names" "$since" "$until" '-cert ca.pem'
issue elsewhere 'subjectAltName=DNS:mail.elsewhere.test\nextendedKeyUsage=serverAuth' "$since" "$until" '-cert ca.pem'
issue expired "$names" 20000101000000Z 20010101000000Z '-cert ca.pem'
