const SAFE = /^(?:https?:\/\/|mailto:)/i;

/** The address when a person may open it, else an empty string. Only absolute http, https and mailto pass. */
export function safeUrl(value: string): string {
  // Browsers drop these inside a scheme, so they must be gone before it is compared.
  const bare = Array.from(value.trim())
    .filter((char) => char > '\u001f' && char !== '\u007f')
    .join('');
  if (!SAFE.test(bare) || !URL.canParse(bare)) return '';
  return bare;
}

/** Where a link really goes, in short: the host, or the mail address. */
export function destination(url: string): string {
  const parsed = new URL(url);
  return parsed.protocol === 'mailto:' ? parsed.pathname : parsed.host;
}

/** True when the text of a link names another place than the link. */
export function isMisleading(text: string, url: string): boolean {
  const named = /^\s*(?:https?:\/\/)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/:?#\s]|$)/i.exec(text)?.[1]?.toLowerCase();
  if (named === undefined) return false;
  const host = destination(url).toLowerCase().replace(/:\d+$/, '');
  return named.replace(/^www\./, '') !== host.replace(/^www\./, '');
}
