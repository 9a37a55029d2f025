#!/bin/sh
# Makes an authority and a certificate for each node, for TLS between members.
#
#   make-certificates.sh FOLDER ID...
#
# Run it on a machine that is no member; authority.key stays there. A node needs node-ID.pem,
# node-ID.key and authority.pem. Run again with further ids, it keeps the authority and never
# overwrites a key.
set -eu

if [ $# -lt 2 ]; then
  echo "usage: $0 FOLDER ID...   (for example: $0 tls 1 2 3)" >&2
  exit 64
fi
folder=$1
shift
umask 077
mkdir -p "$folder"
cd "$folder"

if [ ! -e authority.key ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
    -subj "/CN=lockstep authority" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout authority.key -out authority.pem 2>/dev/null
fi

for id in "$@"; do
  case $id in
    '' | *[!0-9]* | 0*) echo "$0: '$id' is not an id; ids are numbers from 1 to 1000" >&2; exit 64 ;;
  esac
  name=node-$id
  if [ -e "$name.key" ]; then
    echo "$name.key is there already; kept"
    continue
  fi
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
    -keyout "$name.key" -out "$name.csr" 2>/dev/null
  # Each node dials and is dialled.
  printf '%s\n' "subjectAltName=DNS:$name" "extendedKeyUsage=serverAuth,clientAuth" \
    "keyUsage=critical,digitalSignature" "basicConstraints=critical,CA:FALSE" > "$name.ext"
  openssl x509 -req -in "$name.csr" -CA authority.pem -CAkey authority.key -CAcreateserial \
    -days 825 -extfile "$name.ext" -out "$name.pem" 2>/dev/null
  rm "$name.csr" "$name.ext"
  openssl verify -CAfile authority.pem "$name.pem"
done
