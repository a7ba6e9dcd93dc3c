#!/usr/bin/env bash
# Installs rival model servers, each into a virtual environment of its own, and makes the models and bodies they share.
#   PEERS_HOME=DIR bench/peers/install.sh fastapi mlserver …      (no names = all; default DIR: .peers)
# Needs Python 3.11 with pip. TorchServe also needs a JDK 17 and the distribution's python3-torch; Triton a shared libpython.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
PEERS_HOME=${PEERS_HOME:-$here/../../.peers}
ALL="fastapi mlserver litserve bentoml kserve rayserve triton torchserve"
mkdir -p "$PEERS_HOME"
PEERS_HOME=$(cd "$PEERS_HOME" && pwd)
command -v uv >/dev/null || pip install -q uv

venv() { # venv NAME PACKAGE…
  local name=$1; shift
  uv venv -q --clear --python "${PEERS_PYTHON:-$(command -v python3)}" "$PEERS_HOME/$name"
  VIRTUAL_ENV="$PEERS_HOME/$name" uv pip install -q "$@"
}

install_one() {
  case $1 in
    fastapi)    venv fastapi fastapi 'uvicorn[standard]' onnxruntime numpy orjson onnx ;;
    mlserver)   venv mlserver 'mlserver==1.7.1' onnxruntime 'setuptools<81' ;;
    litserve)   venv litserve litserve onnxruntime numpy orjson ;;
    bentoml)    venv bentoml bentoml onnxruntime numpy ;;
    kserve)     venv kserve kserve onnxruntime numpy ;;
    rayserve)   venv rayserve 'ray[serve]' onnxruntime numpy ;;
    triton)     venv triton 'nvidia-pytriton==0.7.0' onnxruntime numpy 'setuptools<81' ;;
    torchserve)
      apt-get install -y -q python3-torch >/dev/null
      uv venv -q --clear --system-site-packages --python /usr/bin/python3 "$PEERS_HOME/torchserve"
      VIRTUAL_ENV="$PEERS_HOME/torchserve" uv pip install -q torchserve torch-model-archiver onnxruntime numpy pyyaml 'setuptools<81' ;;
    *) echo "unknown peer $1" >&2; return 2 ;;
  esac
}

for peer in ${*:-$ALL}; do
  start=$SECONDS
  if install_one "$peer" >"$PEERS_HOME/$peer.log" 2>&1; then state=ok; else state="FAILED (see $peer.log)"; fi
  echo "$peer: $state, $((SECONDS - start)) s"
done

if [ ! -f "$PEERS_HOME/data/expected.json" ]; then
  python3 -m venv "$PEERS_HOME/make"
  "$PEERS_HOME/make/bin/pip" install -q --disable-pip-version-check onnx onnxruntime numpy
  "$PEERS_HOME/make/bin/python" "$here/prepare.py" "$PEERS_HOME/data"
fi
