#!/usr/bin/env bash
# Tries an example out on this machine: `examples/try.sh behind-a-proxy` or `examples/try.sh forward-auth`, then open
# https://localhost:8443. It needs nginx and openssl, leaves nothing behind, and ends with Ctrl-C.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
way=${1:?behind-a-proxy or forward-auth}
folder=$(mktemp -d)

# Ends all that runs, and waits for it. A second Ctrl-C does not stop that.
finish() {
  trap '' TERM INT
  kill $(jobs -p) 2>/dev/null || true
  wait
  rm -rf "$folder"
}
trap finish EXIT
trap exit TERM INT
cd "$folder"
PATH="$here/../node_modules/.bin:$PATH" # the node and the bienvenue of this clone

# A certificate for an hour's play. A browser warns of it, and is right to.
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout key.pem -out cert.pem 2>openssl.log || { cat openssl.log >&2; exit 1; }

node "$here/mailbox.ts" 2525 &
node "$here/$way/app.ts" &
cp "$here/$way/nginx.conf" . # certificates are looked for beside it
nginx -p "$folder" -e stderr -c nginx.conf &

export BIENVENUE_PRESET=hardened
export BIENVENUE_URL=https://localhost:8443/auth
export BIENVENUE_TRUSTED_PROXIES=127.0.0.1
export BIENVENUE_SMTP_URL=smtp://127.0.0.1:2525
export BIENVENUE_MAIL_FROM='Example <accounts@example.com>'
export PORT=5000 DATABASE_URL=sqlite:bienvenue.db
export BIENVENUE_SECRET_FILE=$folder/secret
(umask 077 && bienvenue secret >secret)
echo "To look at it as an operator: cd $folder && NODE_EXTRA_CA_CERTS=cert.pem BIENVENUE_SECRET_FILE=secret $(command -v bienvenue) doctor $BIENVENUE_URL"
bienvenue serve &

# All of it runs, or none.
running=$(jobs -r | wc -l)
while [ "$(jobs -r | wc -l)" -eq "$running" ]; do sleep 0.5; done
echo 'Something ended that should not have: see above.' >&2
exit 1
