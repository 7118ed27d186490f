/**
 * Fields that may repeat what a person or the model wrote: they say nothing about a fault. Requests and answers of OpenAI,
 * Anthropic, Google and llama-server, and what pydantic and OpenRouter quote of them.
 */
const ECHO_FIELDS = new Set(
  'input messages prompt content contents text failed_generation tools parts ctx flagged_input input_value instructions arguments partial_json reasoning reasoning_content reasoning_details thinking transcript output_text generated_text citationmetadata groundingmetadata annotations logprobs generation_settings tool_calls function_call functioncall'.split(
    ' ',
  ),
);

/** Ollama's answer and a piece of a Responses stream are plain strings where others have an object. */
const ECHO_STRINGS = new Set(['response', 'delta']);

/** Whether a field, in lower case, holds what was asked or answered instead of what went wrong. */
export const isEcho = (field: string, value: unknown): boolean =>
  ECHO_FIELDS.has(field) || (typeof value === 'string' && ECHO_STRINGS.has(field));

/** Where a sentence goes on with what was sent, to its end: pydantic through vLLM, and llama-server's templates. */
const REST = /['"]input['"]: ?(?=['"{[])|; (?:messages|tools|tool_choice|response_format) = /u;

const QUOTES = [
  // pydantic: `[type=missing, input_value={'role': …}, input_type=dict]`
  /input_value=[^\n]*?(?=, input_type=|\n|$)/gu,
  // "Invalid value: 'x'", "Input tag 'x' found", "Unknown role 'x'", "Unknown name "x" at", "received 'x'".
  /(?<=(?:(?:invalid|unknown|unrecognized|unsupported|unexpected) (?:enum )?(?!err|exc|fail|resp|stat|reas|mess|answ)\w{2,20}(?: (?:for|of|in) ['"`]?[\w.[\]]{1,80}['"`]?)?|string value|function|tool|response_format|input tag|received|but got|got):? )(['"`])[^\n]{0,2000}?\1/giu,
  /(?<=unrecognized request arguments? supplied: )[^\n]{1,2000}/giu,
];

/** A sentence about a request without what it repeats of it: a word in a prompt must not pass for a reason. */
export function withoutEchoes(said: string): string {
  const from = said.search(REST);
  const kept = from < 0 ? said : said.slice(0, from);
  return QUOTES.reduce((text, quoted) => text.replaceAll(quoted, ''), kept);
}
