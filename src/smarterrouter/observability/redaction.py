"""Removes keys, tokens and URLs with passwords from text.

Every pattern reads each character a bounded number of times (possessive or anchored repetitions), so hostile text
costs no more than its length. Where it is unclear whether something is a secret, it is one.
"""

import re

GONE = "[redacted]"

_KEY_PREFIXES = r"(?:sk|sr|pk|rk|gsk|hf|xai|pplx|nvapi|tvly|glpat|gh[opusr]|github_pat|r8|xox[abeprs]|fw|tgp|csk)[-_]"
"""How keys of vendors begin; ours begin with `sr-`."""
_DATABASES = (
    r"(?:postgres(?:ql)?|mysql|mariadb|rediss?|valkeys?|mongodb(?:\+srv)?|amqps?|mssql|oracle|clickhouse|cockroachdb)"
)
_NAMES = (
    r"(?:secret|passwor[dt]|passwd|passphrase|pwd|api[_-]?key|private[_-]?key|access[_-]?key|signing[_-]?key|"
    r"encryption[_-]?key|admin[_-]?key|master[_-]?key|credentials?|authorization|cookie|"
    r"(?:access|refresh|auth|session|bearer|id|api|admin|bot|hf)[_-]?token)"
)

_private_key = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", re.S
)
_database = re.compile(rf"(?i)\b({_DATABASES}(?:\+[a-z0-9]{{1,20}})?://)[^\s\"'<>]++")
_userinfo = re.compile(r"(?<=://)[^\s/@\"'<>]++@")
_named = re.compile(
    rf"(?i)({_NAMES}(?:s|[_-]?(?:key|value|hash|id))?|(?<![a-z_])token(?=\\?[\"']|=))"  # the name
    r"((?:\\?[\"'])?\s{0,5}(?:=>?|:)\s{0,5}|\\?[\"'],\s{0,3})"  # what stands between: =, :, "…": or a pair in a tuple
    r"(?:b?(\\?[\"'])(?:(?!\3)(?:\\.|.))*+|(?:(?:bearer|basic|digest|token)\s{1,5})?\S++)",  # the value, quoted or bare
    re.S,
)
_bearer = re.compile(
    r"(?i)\b(bearer)\s{1,5}(?!(?:authentication|authorization|tokens?|keys?|certificates?|credentials?|schemes?)\b)"
    r"[\w.~+/=-]{6,}+"
)
_token = re.compile(r"(?<![\w-])eyJ[\w-]{5,}+\.[\w-]{2,}+(?:\.[\w-]*+)*+")
_key = re.compile(
    rf"(?<![A-Za-z0-9]){_KEY_PREFIXES}(?:(?=[A-Za-z_-]{{0,64}}[0-9])[\w-]{{8,}}+|[\w-]{{16,}}+)"
    r"|(?<![A-Za-z0-9])(?:AIza[\w-]{30,}+|(?:AKIA|ASIA)[A-Z0-9]{16,}+)"
)
_run = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{40,}+={0,2}")
_answer_id = re.compile(r"(?:chatcmpl|cmpl|embd|req|resp|msg|call)[-_][A-Za-z0-9-]{1,40}")
_hexadecimal = re.compile(r"(?i)(?<![a-z0-9])[0-9a-f]{32,}+(?![a-z0-9])")
_jump = re.compile(r"[a-z](?=[A-Z0-9])|[A-Z](?=[a-z0-9])|[0-9](?=[A-Za-z])")
_JUMPS = 0.3
"""Share of neighbours of different kind (small, capital, digit) from which a long run is random rather than words:
random base64 has 0.64, model names and paths less than 0.2."""


def redact(text: str) -> str:
    """`text` with everything that looks like a secret replaced. Doing it twice changes nothing more."""
    text = _private_key.sub(GONE, text)
    text = _database.sub(_keep_scheme, text)
    text = _userinfo.sub(f"{GONE}@", text)
    text = _named.sub(_keep_name, text)
    text = _bearer.sub(rf"\1 {GONE}", text)
    text = _token.sub(GONE, text)
    text = _run.sub(_unless_words, text)  # before keys, since random text may hold the beginning of one
    return _key.sub(GONE, text)


def is_secret_name(name: str) -> bool:
    """Does a member or header of this name hold a secret, whatever its value?"""
    return _named.match(f"{name}=x") is not None or _named.search(f"_{name}=x") is not None


def _keep_scheme(found: re.Match[str]) -> str:
    return f"{found[1]}{GONE}"


def _keep_name(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{found[3] or ''}{GONE}"


def _unless_words(found: re.Match[str]) -> str:
    """Long runs are secrets, digests or data, unless they read like words or are ids of answers."""
    run = found[0]
    if _answer_id.fullmatch(run):
        return run
    random = len(_jump.findall(run)) >= _JUMPS * len(run)
    return GONE if random or _hexadecimal.search(run) else run
