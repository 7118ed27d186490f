/** What a key or token looks like wherever it stands, also in what a person wrote. Order matters: the narrow ones first. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gu, '[key]'],
  [/\b(?:bearer|basic)\s+[\w.~+/=*-]{12,}/giu, '[token]'],
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/gu, '[token]'],
  [
    /\b(?:sk|pk|rk|gsk|xai|hf|r8|pplx|nvapi|csk|tgp|fw|co|gh[pousr]|github_pat|glpat|ya29|xox[abeoprs]|npm|dop_v1)[-_.][\w*.-]{12,}/giu,
    '[key]',
  ],
  [/\bAIza[\w*-]{10,}/gu, '[key]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/gu, '[key]'],
  [/((?:api[-_ ]?key|token|secret|password|passwd|pwd)["']?\s*(?:is|[:=])\s*["']?)[^\s"',;&)}\]]{6,}/giu, '$1[key]'],
  [/\b[0-9a-f]{32,}\b/giu, '[hex]'],
  // Random letters: long, with a digit and both cases. Words and paths are not.
  [/(?<![\w+/=-])(?=[\w+-]*\d)(?=[\w+-]*[a-z])(?=[\w+-]*[A-Z])[\w+-]{32,}={0,2}/gu, '[key]'],
];

/** Text without what looks like a key, a token or a password. */
export function hideSecrets(text: string): string {
  let hidden = text;
  for (const [pattern, word] of SECRETS) hidden = hidden.replaceAll(pattern, word);
  return hidden;
}
