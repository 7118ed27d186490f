import { memo, useEffect, useState } from 'react';
import type { CSSProperties, ReactNode } from 'react';
import { cx } from '../../../kit/index.ts';
import { text as words } from '../text.ts';
import { CopyCode } from './copy-code.tsx';
import { coloursOf, highlight } from './highlight.ts';
import type { ColouredLines } from './highlight.ts';
import { MermaidBlock } from './mermaid-block.tsx';
import type { CodePart } from './split.ts';

interface CodeBlockProps {
  readonly text: string;
  readonly language: string;
  readonly part: CodePart;
  /** Still being written: it stays plain until it settles. */
  readonly open?: boolean;
  /** All of it, when this is only a part. */
  readonly whole?: () => string;
}

function useColours(text: string, language: string, wanted: boolean): ColouredLines | null {
  const [lines, setLines] = useState<ColouredLines | null>(() => coloursOf(text, language) ?? null);
  useEffect(() => {
    if (!wanted) return undefined;
    let alive = true;
    const now = coloursOf(text, language);
    if (now !== undefined) setLines(now);
    else void highlight(text, language).then((found) => alive && setLines(found));
    return () => {
      alive = false;
    };
  }, [text, language, wanted]);
  return wanted ? lines : null;
}

const Lines = ({ lines }: { readonly lines: ColouredLines }): ReactNode =>
  lines.map((line, at) => (
    <span key={at}>
      {line.map((run, i) =>
        run.light === '' ? (
          run.text
        ) : (
          <span key={i} className="md-run" style={{ '--l': run.light, '--d': run.dark } as CSSProperties}>
            {run.text}
          </span>
        ),
      )}
      {at < lines.length - 1 && '\n'}
    </span>
  ));

/** Code with its name, a copy button and colours once they are there. Parts of long code join without a seam. */
export const CodeBlock = memo(function CodeBlock({
  text,
  language,
  part,
  open = false,
  whole,
}: CodeBlockProps): ReactNode {
  const t = words.useText();
  const lines = useColours(text, language, !open);
  if (language === 'mermaid' && part === 'whole' && !open) return <MermaidBlock source={text} />;
  const head = part === 'whole' || part === 'first';
  const foot = part === 'whole' || part === 'last';
  return (
    <div className={cx('md-code', head && 'md-code-head', foot && 'md-code-foot')}>
      {head && (
        <div className="flex h-9 items-center justify-between border-b border-line pr-0.5 pl-3 text-xs text-ink-3">
          <span>{language === '' ? t('markdown.code') : language}</span>
          <CopyCode text={whole ?? (() => text)} />
        </div>
      )}
      <pre
        className={part === 'whole' ? 'md-pre' : 'md-pre md-pre-wrap'}
        {...(part === 'whole' ? { tabIndex: 0, role: 'group', 'aria-label': t('markdown.code') } : {})}
      >
        <code>{lines === null ? text : <Lines lines={lines} />}</code>
      </pre>
    </div>
  );
});
