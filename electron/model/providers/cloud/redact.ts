const MOST_CHARACTERS = 2000;

/** Anything that looks like a key, a token, an address of a person or a card. */
const SECRETS: readonly RegExp[] = [
  /\b(?:bearer|basic)\s+[^\s"']+/giu,
  /\b(?:sk|pk|key|api|ghp|gsk|xai|hf)[-_][\w-]{6,}/giu,
  /\bAIza[\w-]{10,}/gu,
  /\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{24,}\b/giu,
  /[\w.+-]+@[\w-]+\.[\w.-]+/gu,
  /\b\d[\d -]{11,}\d\b/gu,
];

/**
 * The body of an answer nobody recognised, fit to be kept: without keys, without what looks like one, and without the texts
 * of the request, which some providers repeat. At most 2,000 characters.
 */
export function redact(body: unknown, key: string | null, texts: readonly string[]): string {
  let text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  text = text.slice(0, MOST_CHARACTERS * 8);
  if (key !== null && key !== '') text = text.replaceAll(key, '[key]');
  for (const said of texts) {
    if (said.trim().length < 4) continue;
    text = text.replaceAll(said, '[text]').replaceAll(JSON.stringify(said).slice(1, -1), '[text]');
  }
  for (const secret of SECRETS) text = text.replace(secret, '[redacted]');
  return text.slice(0, MOST_CHARACTERS);
}
