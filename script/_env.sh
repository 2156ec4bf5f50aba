# Sourced from the project's root by the other scripts: makes .venv match requirements.txt.
# Needs Python 3.11 or later with venv; $PYTHON names another interpreter than python3.
# POSIX sh. Leaves $venv set. Nothing is run when the environment is already right.
venv=.venv

# These would make the environment's Python import something else, or compile nothing.
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE

# What was asked for, here, with that interpreter: a moved checkout or an upgraded Python differs.
_env_wanted() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum <requirements.txt
  else
    "$venv/bin/python" -c \
      'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())' \
      <requirements.txt 2>/dev/null
  fi
  printf '%s %s\n' "$PWD" "$(readlink -f "$venv/bin/python" 2>/dev/null)"
}

_env_is_right() {
  [ -x "$venv/bin/python" ] && [ -f "$venv/.installed" ] &&
    [ "$(cat "$venv/.installed")" = "$(_env_wanted)" ]
}

_env_find_python() {
  _env_python=${PYTHON:-python3}
  if ! command -v "$_env_python" >/dev/null 2>&1; then
    echo "« $_env_python » est introuvable : installez Python 3.11 ou plus récent, ou indiquez-le par PYTHON=/chemin/vers/python3." >&2
    return 1
  fi
  if ! "$_env_python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "« $_env_python » est trop ancien ($("$_env_python" -V 2>&1)) : il faut Python 3.11 ou plus récent, que PYTHON=/chemin/vers/python3 peut indiquer." >&2
    return 1
  fi
  if ! "$_env_python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "« $_env_python » n'a pas les modules venv et ensurepip : installez-les (sur Debian et Ubuntu, le paquet python3-venv)." >&2
    return 1
  fi
}

_env_is_usable() {
  [ ! -e "$venv/.unfinished" ] &&
    "$venv/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

_env_create() {
  _env_find_python && mkdir -p "$venv" && : >"$venv/.unfinished" &&
    "$_env_python" -m venv --clear "$venv"
}

# uv is several times faster; pip does it where uv cannot be had or cannot reach the index.
_env_install() {
  : >"$venv/.unfinished"
  rm -f "$venv/.installed"
  if { [ -x "$venv/bin/uv" ] || "$venv/bin/python" -m pip install -q --disable-pip-version-check uv; } &&
    "$venv/bin/uv" pip install -q --python "$venv/bin/python" --compile-bytecode \
      --require-hashes -r requirements.txt; then
    return 0
  fi
  echo "uv n'a pas abouti, pip prend le relais…" >&2
  "$venv/bin/python" -m pip install -q --disable-pip-version-check \
    --require-hashes -r requirements.txt
}

_env_prepare() {
  if _env_is_right; then return 0; fi # another process did it while this one waited
  echo "Préparation de l'environnement Python dans $venv…" >&2
  _env_is_usable || _env_create || return 1
  if ! _env_install; then
    echo "Les paquets de requirements.txt n'ont pas pu être installés : vérifiez l'accès au réseau, puis relancez." >&2
    return 1
  fi
  _env_wanted >"$venv/.installed"
  rm -f "$venv/.unfinished"
}

# One process at a time; the lock is on requirements.txt itself, and no program inherits it after.
if ! _env_is_right; then
  (
    if command -v flock >/dev/null 2>&1; then flock 9 || :; fi
    _env_prepare
  ) 9<requirements.txt || exit 1
fi
