#!/usr/bin/env bash
# The well-known story with curl: register, guess, log in, look, log out, reset, log in again.
# Run it with `examples/story.sh [address]` while a service runs. Each run needs a database that has not heard the story yet.
set -euo pipefail
address=${1:-http://127.0.0.1:5000}
email=guillaume@holberton.io
password=b4l0u
new_password=t4rt1fl3tt3
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

# step NAME STATUS CURL-ARGUMENTS...: sends a request, and stops the story when the answer has another status.
step() {
  local name=$1 expected=$2 status
  shift 2
  status=$(curl --silent --show-error --output "$folder/body" --write-out '%{http_code}' "$@")
  echo "$name: $status"
  [ "$status" = "$expected" ] || { echo "expected $expected" >&2; exit 1; }
}

step 'register' 200 "$address/users" -d "email=$email" -d "password=$password"
step 'guess a password' 401 "$address/sessions" -d "email=$email" -d "password=$new_password"
step 'profile, logged out' 403 "$address/profile"
step 'log in' 200 "$address/sessions" -c "$folder/cookies" -d "email=$email" -d "password=$password"
step 'profile, logged in' 200 "$address/profile" -b "$folder/cookies"
step 'log out' 302 -X DELETE "$address/sessions" -b "$folder/cookies"
step 'ask for a reset token' 200 "$address/reset_password" -d "email=$email"
token=$(sed -E 's/.*"reset_token":"([^"]+)".*/\1/' "$folder/body")
step 'set a new password' 200 -X PUT "$address/reset_password" \
  -d "email=$email" -d "reset_token=$token" -d "new_password=$new_password"
step 'log in' 200 "$address/sessions" -d "email=$email" -d "password=$new_password"
echo 'the story is told'
