import { memo } from 'react';
import type { ReactNode } from 'react';
import { cx } from '../../../kit/index.ts';
import { CodeBlock } from '../markdown/code-block.tsx';
import type { Block } from '../markdown/split.ts';
import { MathBlock, TextBlock } from '../markdown/text-block.tsx';
import type { Doc } from '../transcript/doc.ts';

interface BlockViewProps {
  readonly block: Block;
  /** Last block of a reply that is being written. */
  readonly open: boolean;
  readonly doc: Doc;
  readonly at: number;
}

const sameBlock = (a: Block, b: Block): boolean =>
  a === b ||
  (a.text === b.text &&
    a.kind === b.kind &&
    (a.kind !== 'code' || (b.kind === 'code' && a.part === b.part && a.language === b.language)) &&
    (a.kind !== 'math' || (b.kind === 'math' && a.open === b.open)) &&
    (a.kind !== 'text' || (b.kind === 'text' && a.joined === b.joined)));

/** One block of a message. A settled one is drawn once. */
export const BlockView = memo(
  function BlockView({ block, open, doc, at }: BlockViewProps): ReactNode {
    if (block.kind === 'code') {
      const joins = block.part === 'middle' || block.part === 'last';
      return (
        <div className={cx('md', !joins && 'pt-2', (block.part === 'whole' || block.part === 'last') && 'pb-2')}>
          <CodeBlock
            text={block.text}
            language={block.language}
            part={block.part}
            open={open}
            whole={() => doc.wholeCode(at)}
          />
        </div>
      );
    }
    if (block.kind === 'math') {
      return (
        <div className="md py-2">
          <MathBlock text={block.text} open={open || block.open} />
        </div>
      );
    }
    return (
      <div className={cx('md', block.joined && 'md-joined')}>
        <TextBlock text={block.text} definitions={doc.definitions()} />
      </div>
    );
  },
  (a, b) => sameBlock(a.block, b.block) && a.open === b.open && a.doc === b.doc && a.at === b.at,
);
