import { say } from '../../contract/sentences/index.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import { jsonrepair } from 'jsonrepair';
import type { ModelFormat, ModelToolCall } from '../../model/model.ts';
import { CHECK_MS, withinMs } from './deadline.ts';

/** A schema is compiled once; the least used is forgotten. */
const MOST_SCHEMAS = 100;
/** Larger schemas are not compiled (time, memory): the text is then only checked to be JSON. In characters of JSON. */
const LARGEST_SCHEMA_CHARS = 200_000;
/** Longer texts are not repaired. */
const LONGEST_REPAIR_CHARS = 1_000_000;
const MOST_PROBLEMS = 5;

/** How a text fits the asked form. `text` = what may be shown; `problem` says what is wrong, for the model to read. */
export type FormatCheck =
  | { readonly ok: true; readonly text: string; readonly repaired: boolean }
  | { readonly ok: false; readonly problem: string };

/** What may make a schema take long: patterns that go back over a text, and what is looked at several times. */
const MAY_TAKE_LONG = /"(?:pattern|patternProperties|uniqueItems|anyOf|oneOf|allOf|not|if|\$ref|\$dynamicRef)"/u;

type Checked = { readonly problem: string | null };

/** Checks answers against the form asked for, and repairs what is only badly written. */
export interface FormatChecker {
  /** `repair` false = the text was shown already and is judged as it is. */
  check(text: string, format: ModelFormat, repair: boolean): FormatCheck;
  /** What is wrong with the arguments of tool calls; null = nothing. */
  toolProblem(calls: readonly ModelToolCall[]): string | null;
}

function parse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

/** The JSON of a text wrapped in a code fence or in words; null = nothing looks like it. */
function insideOf(text: string): string | null {
  const fence = /```(?:json[c5]?)?\s*\n([\s\S]*?)```/iu.exec(text)?.[1];
  if (fence !== undefined) return fence.trim();
  const first = text.search(/[[{]/u);
  const last = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'));
  return first >= 0 && last > first ? text.slice(first, last + 1) : first >= 0 ? text.slice(first) : null;
}

export function createFormatChecker(): FormatChecker {
  const compiled = new Map<string, ((value: unknown) => readonly string[]) | null>();

  /** Schemas that could not be checked in time once. */
  const gaveUp = new Set<string>();

  /** The check of a compiled schema, which never takes longer than its deadline. */
  const bounded =
    (key: string, validate: ValidateFunction) =>
    (value: unknown): readonly string[] => {
      const run = (): readonly string[] => {
        try {
          return validate(value) === true
            ? []
            : (validate.errors ?? [])
                .slice(0, MOST_PROBLEMS)
                .map(({ instancePath, message }) => `${instancePath || 'the value'} ${message ?? 'is wrong'}`);
        } catch (error) {
          // A schema that names itself goes as deep as the value does.
          if (error instanceof RangeError) return ['the value is nested too deeply'];
          throw error;
        }
      };
      if (!MAY_TAKE_LONG.test(key)) return run();
      const done = withinMs(CHECK_MS, run);
      if (done) return done.value;
      // What nobody can check in time is held against no answer. The machine may have been busy, so it is tried once more, then never.
      if (gaveUp.has(key)) compiled.set(key, null);
      gaveUp.add(key);
      if (gaveUp.size > MOST_SCHEMAS) gaveUp.clear();
      return [];
    };

  const validatorOf = (schema: Readonly<Record<string, unknown>>): ((value: unknown) => readonly string[]) | null => {
    const key = JSON.stringify(schema);
    const known = compiled.get(key);
    if (known !== undefined) {
      compiled.delete(key);
      compiled.set(key, known);
      return known;
    }
    let made: ((value: unknown) => readonly string[]) | null = null;
    if (key.length <= LARGEST_SCHEMA_CHARS) {
      try {
        // One instance a schema: the ids of strangers' schemas must not meet.
        const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, logger: false });
        made = bounded(key, ajv.compile(JSON.parse(key) as Record<string, unknown>));
      } catch {
        // A schema nobody can compile cannot be held against an answer.
      }
    }
    compiled.set(key, made);
    const oldest = compiled.size > MOST_SCHEMAS ? compiled.keys().next().value : undefined;
    if (oldest !== undefined) compiled.delete(oldest);
    return made;
  };

  const judge = (value: unknown, format: ModelFormat): Checked => {
    if (format.type === 'json')
      return { problem: typeof value === 'object' && value !== null ? null : say('said.check.no_object') };
    const problems = validatorOf(format.schema)?.(value) ?? [];
    if (problems.length === 0) return { problem: null };
    return { problem: say('said.check.schema', { problems: problems.join('; ') }) };
  };

  return {
    check(text, format, repair) {
      const plain = parse(text);
      let problem = say('said.check.no_json');
      if (plain) {
        const judged = judge(plain.value, format);
        if (judged.problem === null) return { ok: true, text, repaired: false };
        problem = judged.problem;
      }
      // Valid JSON of the wrong shape is not guessed at.
      if (plain || !repair || text.length > LONGEST_REPAIR_CHARS) return { ok: false, problem };
      const inside = insideOf(text);
      if (inside === null) return { ok: false, problem };
      for (const attempt of [() => inside, () => jsonrepair(inside)]) {
        try {
          const fixed = attempt();
          const value = parse(fixed);
          if (!value) continue;
          const judged = judge(value.value, format);
          if (judged.problem === null) return { ok: true, text: fixed, repaired: true };
          problem = judged.problem;
        } catch {
          // Beyond repair: what was wrong first is what is said.
        }
      }
      return { ok: false, problem };
    },
    toolProblem(calls) {
      for (const { name, argumentsText } of calls) {
        if (argumentsText.trim() === '') continue;
        const value = parse(argumentsText);
        if (typeof value?.value !== 'object' || value.value === null || Array.isArray(value.value))
          return say('said.check.arguments', { name });
      }
      return null;
    },
  };
}
