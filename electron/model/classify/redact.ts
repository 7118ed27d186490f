/** What is kept of a body at most, in UTF-16 units: enough for a fixture. */
const MOST_KEPT = 4096;

/** Fields that repeat what a person wrote, or hold a secret by their name. */
const HIDDEN_FIELDS =
  /^(?:input|inputs|messages|prompt|contents?|failed_generation|arguments|system|text|authorization|x-api-key|api[-_]?key|password|secret|cookie|set-cookie|access_token|refresh_token)$/iu;

/** What may identify a person, an account or a key. Order matters: the narrow ones first. */
const HIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\b(?:bearer|basic)\s+[\w.~+/=*-]{6,}/giu, '[token]'],
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/gu, '[token]'],
  [/\b(?:sk|pk|rk|gsk|xai|hf|r8|pplx|nvapi|csk|tgp|fw|co|key|ghp|glpat|ya29)[-_.][\w*.\-]{6,}/giu, '[key]'],
  [/\bAIza[\w*-]{10,}/gu, '[key]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/gu, '[key]'],
  [/((?:api[-_ ]?key|token|secret|password|key)(?:\s+provided)?["']?\s*[:=]\s*["']?)[^\s"',;&)}\]]{6,}/giu, '$1[key]'],
  [/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/gu, '[email]'],
  [/\b(?:org|organization|proj|project|user|acct|team|workspace|wrkspc)[-_][A-Za-z0-9]{6,}/gu, '[account]'],
  [/\bprojects?[/ :=]+["']?[\w-]{4,}/giu, '[account]'],
  [/\b(?:arn:aws[\w-]*:[^\s"']{8,})/gu, '[account]'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/giu, '[id]'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/gu, '[ip]'],
  [/\b[0-9a-f]{32,}\b/giu, '[hex]'],
  [/[A-Za-z0-9+/_-]{40,}={0,2}/gu, '[base64]'],
];

function hideText(text: string): string {
  let hidden = text;
  for (const [pattern, word] of HIDDEN) hidden = hidden.replaceAll(pattern, word);
  return hidden;
}

function hideFields(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 10) return '[…]';
  if (Array.isArray(value)) return value.slice(0, 50).map((item: unknown) => hideFields(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 100)
      .map(([name, inner]) => [name, HIDDEN_FIELDS.test(name) ? '[hidden]' : hideFields(inner, depth + 1)]),
  );
}

/**
 * A body without keys, tokens, addresses, account ids and what a person wrote, `key` and the request's own `texts` too, which
 * some providers repeat; at most 4,096 characters. Never throws.
 */
export function redactBody(body: unknown, key: string | null = null, texts: readonly string[] = []): string {
  try {
    const value = body instanceof Uint8Array ? new TextDecoder().decode(body.subarray(0, MOST_KEPT)) : body;
    let text = typeof value === 'string' ? value.slice(0, 4 * MOST_KEPT) : (JSON.stringify(hideFields(value, 0)) ?? '');
    if (key !== null && key !== '') text = text.replaceAll(key, '[key]');
    for (const said of texts) {
      if (said.trim().length < 4) continue;
      text = text.replaceAll(said, '[text]').replaceAll(JSON.stringify(said).slice(1, -1), '[text]');
    }
    return hideText(text).slice(0, MOST_KEPT);
  } catch {
    return '[unreadable]';
  }
}
