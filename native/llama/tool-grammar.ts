import type { Llama, LlamaGrammar } from 'node-llama-cpp';
import { readableSchema } from './readable-schema.ts';
import type { ReplyFormat } from './protocol.ts';

export type ToolsFormat = Extract<ReplyFormat, { type: 'tools' }>;

/** More calls in one reply than this are not made. */
const MOST_CALLS = 8;
/** Arguments of a tool whose schema no grammar can be made of. */
const ANY_ARGUMENTS = { type: 'object', additionalProperties: true } as const;
/** What the library ends every grammar of a schema with: its own sign that the text is over. */
const ROOT = /^root ::= (.*) "\\n\\n\\n\\n" \[\\n\]\*$/mu;

type Tool = ToolsFormat['tools'][number];

const callOf = ({ name }: Tool, parameters: unknown): object => ({
  type: 'object',
  properties: { name: { const: name }, arguments: parameters },
});

/** Rules of one call of any of these tools, `call` the name of the first. */
async function callRules(llama: Llama, tools: readonly Tool[]): Promise<string> {
  const readable = await Promise.all(
    tools.map(async (tool) => {
      const schema = readableSchema(tool.parameters);
      const wanted = typeof schema === 'object' && schema !== null ? Reflect.get(schema, 'type') : null;
      if (wanted !== 'object') return callOf(tool, ANY_ARGUMENTS);
      const made = callOf(tool, schema);
      // Schemas come from outside: what the library cannot read it says at run time, whatever the type claims.
      return llama.createGrammarForJsonSchema(made as { readonly type: 'object' }).then(
        () => made,
        () => callOf(tool, ANY_ARGUMENTS),
      );
    }),
  );
  const any = readable.length === 1 ? readable[0] : { oneOf: readable };
  const { grammar } = await llama.createGrammarForJsonSchema(any as { readonly type: 'object' });
  if (!ROOT.test(grammar)) throw new Error('The grammar of a tool has another shape than this app was built with.');
  return grammar.replace(ROOT, (_, body: string) => `call ::= ${body}`);
}

/**
 * The grammar of a reply that calls tools: one line of JSON for each call, `{"name": …, "arguments": …}`, or, where it may, a text that
 * begins with anything but a brace.
 */
export async function toolGrammar(llama: Llama, format: ToolsFormat): Promise<LlamaGrammar> {
  const more = Math.min(MOST_CALLS, format.most) - 1;
  const calls = more > 0 ? `call ("\\n" call){0,${more}}` : 'call';
  const root = format.text
    ? `root ::= ${calls} | space text\nspace ::= [ \\t\\n]{0,4}\ntext ::= [^{ \\t\\n] [^\\x00]*`
    : `root ::= ${calls}`;
  return llama.createGrammar({ grammar: `${root}\n${await callRules(llama, format.tools)}` });
}
