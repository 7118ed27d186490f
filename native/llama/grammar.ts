import { LlamaGrammarEvaluationState } from 'node-llama-cpp';
import type { Llama, LlamaGrammar, LlamaModel } from 'node-llama-cpp';
import type { ReplyFormat } from './protocol.ts';

/** Where a grammar stands in one reply; the sampler moves it. */
export type GrammarState = object;

const MOST_GRAMMARS = 32;
/** Any JSON object. */
const ANY = { type: 'object', additionalProperties: true } as const;

/** `anyOf` reads as `oneOf` in a grammar: whoever matches one of them matches. */
function readable(schema: unknown, depth = 0): unknown {
  if (depth > 64 || typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map((one) => readable(one, depth + 1));
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key === 'anyOf' ? 'oneOf' : key, readable(value, depth + 1)]),
  );
}

/** Grammars from JSON schemas: only tokens that keep the text valid can be chosen. Each is compiled once. */
export function createGrammars(llama: Llama) {
  const known = new Map<string, LlamaGrammar>();

  /** Schemas come from outside: what the library cannot read it says at run time, whatever the type claims. */
  async function grammarOf(schema: object): Promise<LlamaGrammar> {
    const key = JSON.stringify(schema);
    const found = known.get(key);
    known.delete(key);
    const grammar = found ?? (await llama.createGrammarForJsonSchema(schema as { readonly type: 'object' }));
    known.set(key, grammar);
    const oldest = known.size > MOST_GRAMMARS ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return grammar;
  }

  return {
    /** The start of a reply of this form. A schema no grammar can be made of is held to be any JSON; the router checks it. */
    async begin(model: LlamaModel, format: ReplyFormat): Promise<GrammarState> {
      const wanted = format.type === 'json_schema' ? (readable(format.schema) as object) : ANY;
      const grammar = await grammarOf(wanted).catch(() => grammarOf(ANY));
      const state: unknown = Reflect.get(new LlamaGrammarEvaluationState({ model, grammar }), '_state');
      if (typeof state !== 'object' || state === null) throw new Error('The grammar could not be begun.');
      return state;
    },
  };
}
export type Grammars = ReturnType<typeof createGrammars>;
