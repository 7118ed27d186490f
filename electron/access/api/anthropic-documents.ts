import { z } from 'zod';
import { badRequest } from './errors.ts';
import { readFields } from './json.ts';

const words = z.string().nullish();

const contents = z.union([z.string(), z.array(z.unknown())], { error: 'it must be a text or a list of blocks' });

/** A document or a search result as a block. */
export const documentBlocks = [
  z.looseObject({
    type: z.literal('document'),
    title: words,
    context: words,
    source: z.looseObject({ type: z.string().max(100) }),
  }),
  z.looseObject({ type: z.literal('search_result'), title: words, source: words, content: z.array(z.unknown()) }),
] as const;

export type DocumentBlock = z.infer<(typeof documentBlocks)[number]>;

const textSource = z.looseObject({ type: z.literal('text'), data: z.string() });
const contentSource = z.looseObject({ type: z.literal('content'), content: contents });

function insideOf(block: DocumentBlock, at: string): { readonly content: string | readonly unknown[]; at: string } {
  if (block.type === 'search_result') return { content: block.content, at: `${at}.content` };
  const place = `${at}.source`;
  if (block.source.type === 'text') return { content: readFields(textSource, block.source, place).data, at: place };
  if (block.source.type === 'content') {
    return { content: readFields(contentSource, block.source, place).content, at: `${place}.content` };
  }
  throw badRequest(
    'Only documents of text can be read: take the text out of the file and send it as a source of type "text".',
    place,
    'unsupported_content',
  );
}

/** The document as text that says where it begins and ends. `read` = what its own blocks say. */
export function documentText(
  block: DocumentBlock,
  at: string,
  read: (content: string | readonly unknown[], at: string) => string,
): string {
  const inside = insideOf(block, at);
  const about = block.type === 'document' ? block.context : block.source;
  const lines = [block.title ?? '', about ?? '', read(inside.content, inside.at)].filter((line) => line !== '');
  return `<${block.type}>\n${lines.join('\n')}\n</${block.type}>\n\n`;
}
