const tail = (value: string) => {
  const last = value.split('#').at(-1) ?? value;
  return last.split(':', 1)[0]?.toLowerCase() ?? '';
};

const snake = (camel: string) =>
  camel
    .replaceAll(/([a-z\d])([A-Z])/gu, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/gu, '$1_$2')
    .toLowerCase();

/**
 * The ways rules may know a typed code by, in lower case. Azure, Volcengine, DashScope and Tencent write `ServerOverloaded`
 * and `Throttling.RateQuota` where others write `server_overloaded` and `throttling`.
 */
export const codeForms = (value: string): readonly string[] => [
  value.toLowerCase(),
  tail(value),
  ...(/^[A-Z][a-z]/u.test(value) ? value.split(/[.:#/]/u, 4).map(snake) : []),
];

const SAID = [
  // Python servers name the class of what they caught; an abort over there is no stop of our own.
  /\b((?!Abort)[A-Z]\w{2,60}(?:Error|Exception))\b/gu,
  // LiteLLM names the class it wraps with its module, whatever it ends with.
  /litellm\.(?:exceptions\.)?(\w{3,60})/gu,
];
/** Gateways quote what they were told, as JSON or as Python prints it: `Error code: 401 - {'error': {'code': …}}`. */
const QUOTED = /['"](?:code|type|error_type|status|reason)['"]\s*:\s*['"](\w[\w.]{2,60})['"]/gu;

/** Typed codes within a sentence: classes of errors, and those of a body that is quoted in it. */
export function codesSaid(text: string): readonly string[] {
  const patterns = /['"]error['"]\s*:\s*['"{]/u.test(text) ? [...SAID, QUOTED] : SAID;
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].flatMap(([, code]) => code ?? []));
}
