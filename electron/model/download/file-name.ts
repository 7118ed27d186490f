/** Names Windows keeps for itself, with any extension. Source: Microsoft, Naming Files, Paths, and Namespaces. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$/i;
/** Longest name without its extension, in UTF-8 bytes: file systems take 255, and a number may be added. */
const MOST_BYTES = 180;

/** A name from outside as the name of a file in the model folder: no folders, nothing hidden, always `.gguf`. */
export function safeFileName(given: string): string {
  const last = given.split(/[\\/]/).at(-1) ?? '';
  let base = last
    .normalize('NFC')
    .replace(/\.gguf$/i, '')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}<>:"|?*]+/gu, '-')
    .replace(/^[.\s-]+|[.\s]+$/g, '');
  while (Buffer.byteLength(base, 'utf8') > MOST_BYTES) base = [...base].slice(0, -1).join('');
  const stem = base.split('.')[0] ?? '';
  if (base === '') return 'model.gguf';
  return `${RESERVED.test(stem) ? `model-${base}` : base}.gguf`;
}

/** `a.gguf` -> `a-2.gguf`; the first is the name itself. */
export const numbered = (fileName: string, number: number): string =>
  number === 1 ? fileName : fileName.replace(/\.gguf$/, `-${number}.gguf`);
