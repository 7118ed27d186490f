/**
 * Headers by their names in small letters. A plain record does not go through `Headers`: that takes longer than writing a request, and
 * repeats a value it does not like in its error, where node:http names the field alone.
 */
export function headersOf(given: RequestInit['headers']): Record<string, string> {
  if (given === undefined || Object.getPrototypeOf(given) !== Object.prototype)
    return Object.fromEntries(new Headers(given));
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
