/**
 * Looks for the end of a JSON object or list that comes in pieces. Each call takes the next piece and gives the place just behind the value in it, in
 * UTF-16 units; -1 = it goes on. What it is given first is the value's first bracket. It checks nothing: brackets of the other kind count as well.
 */
export function createJsonEnd(): (piece: string) => number {
  let depth = 0;
  let inString = false;
  let escaped = false;
  return (piece) => {
    for (let at = 0; at < piece.length; at++) {
      const char = piece.charAt(at);
      if (inString) {
        if (escaped) escaped = false;
        else if (char === '\\') escaped = true;
        else if (char === '"') inString = false;
      } else if (char === '"') inString = true;
      else if (char === '{' || char === '[') depth++;
      else if ((char === '}' || char === ']') && --depth === 0) return at + 1;
    }
    return -1;
  };
}
