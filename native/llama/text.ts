const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();
const NO_BYTES = new Uint8Array(0);

/** What one token adds to the text. `bytes` is set when they are not whole characters on their own. */
export interface Piece {
  readonly text: string;
  readonly bytes: Uint8Array | null;
}

/** Length of a UTF-8 sequence by its first byte; 1 for what can't start one. */
const sequenceLength = (lead: number): number =>
  lead >= 0xf0 && lead <= 0xf4 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 1;

/** How many bytes at the end may be the start of a character that is not complete yet: 0 to 3. */
export function unfinishedTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return sequenceLength(byte) > back ? back : 0;
  }
  return 0;
}

/** Joins pieces to text, holding back bytes until their character is whole: the result equals decoding all bytes at once. */
export function createTextJoiner() {
  let held = NO_BYTES;
  return {
    push(piece: Piece): string {
      if (piece.bytes === null && held.length === 0) return piece.text;
      const own = piece.bytes ?? encoder.encode(piece.text);
      const all = new Uint8Array(held.length + own.length);
      all.set(held);
      all.set(own, held.length);
      const whole = all.length - unfinishedTail(all);
      held = all.slice(whole);
      return decoder.decode(all.subarray(0, whole));
    },
    /** What is left when nothing follows: broken characters become U+FFFD. */
    finish(): string {
      const rest = decoder.decode(held);
      held = NO_BYTES;
      return rest;
    },
  };
}

/** GPT-2's table from the printable characters of byte-level vocabularies back to bytes. */
const byteOfChar = new Map<string, number>();
for (let byte = 0, next = 256; byte < 256; byte++) {
  const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  byteOfChar.set(String.fromCodePoint(printable ? byte : next++), byte);
}

/** Bytes of a byte-level vocabulary entry such as `ĠÃ©`; null when it is not written in that alphabet. */
export function byteLevelBytes(entry: string): Uint8Array | null {
  const bytes: number[] = [];
  for (const char of entry) {
    const byte = byteOfChar.get(char);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** Byte of a SentencePiece byte entry such as `<0xE2>`; null when it is another entry. */
export function sentencePieceByte(entry: string): Uint8Array | null {
  const match = /^<0x([0-9A-Fa-f]{2})>$/.exec(entry);
  return match?.[1] === undefined ? null : Uint8Array.of(Number.parseInt(match[1], 16));
}

/** Looks for stop texts in what is being written, holding back only an end that may become one. */
export function createStopScanner(stops: readonly string[]) {
  const wanted = stops.filter((stop) => stop.length > 0);
  let pending = '';
  return {
    /** `text` is safe to show; `stopped` = a stop text was reached, nothing after it counts. */
    push(text: string): { text: string; stopped: boolean } {
      if (wanted.length === 0) return { text, stopped: false };
      const all = pending + text;
      let first = -1;
      for (const stop of wanted) {
        const at = all.indexOf(stop);
        if (at >= 0 && (first < 0 || at < first)) first = at;
      }
      if (first >= 0) {
        pending = '';
        return { text: all.slice(0, first), stopped: true };
      }
      const keep = wanted.reduce((most, stop) => Math.max(most, overlap(all, stop)), 0);
      pending = all.slice(all.length - keep);
      return { text: all.slice(0, all.length - keep), stopped: false };
    },
    finish(): string {
      const rest = pending;
      pending = '';
      return rest;
    },
  };
}

/** Length of the longest end of `text` that is a proper beginning of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
