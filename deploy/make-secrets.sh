#!/bin/sh
# Makes what the nodes of compose.yaml share and nobody else may have: the master key and the password of the database.
# Files that are there already are kept. Usage: make-secrets.sh FOLDER
set -eu
umask 077
folder=${1:?usage: make-secrets.sh FOLDER}
mkdir -p "$folder"
cd "$folder"
# 32 random octets in base64url.
[ -e master.key ] || head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' > master.key
[ -e postgres_password ] || head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' > postgres_password
[ -e pgpass ] || printf 'postgres:5432:mintmark:mintmark:%s\n' "$(cat postgres_password)" > pgpass
# Compose mounts these files as they are, with their owner; the nodes run under this account.
if [ "$(id -u)" = 0 ]; then chown 10001:10001 master.key pgpass; fi
