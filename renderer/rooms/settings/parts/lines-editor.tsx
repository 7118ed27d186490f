import { useId, useRef } from 'react';
import { cx } from '../../../kit/index.ts';
import { text } from '../text.ts';
import { said } from '../../../common/core-words/index.ts';

export interface LinesEditorProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** A warning is said, but the text will do. */
  readonly problems: readonly {
    readonly line: number;
    readonly text: string;
    readonly warning?: boolean | undefined;
  }[];
}

/** Plain text with line numbers, and under it what is wrong on which line. */
export function LinesEditor({ label, value, onChange, problems }: LinesEditorProps) {
  const t = text.useText();
  const id = useId();
  const gutter = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const wrong = new Set(problems.filter(({ warning }) => warning !== true).map(({ line }) => line));
  const doubted = new Set(problems.map(({ line }) => line));
  const goTo = (line: number): void => {
    const element = area.current;
    if (!element) return;
    const start = value.split('\n', line - 1).join('\n').length + (line > 1 ? 1 : 0);
    element.focus();
    element.setSelectionRange(start, start);
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex min-h-0 flex-1 font-mono text-xs leading-5">
        <div ref={gutter} aria-hidden className="w-11 shrink-0 overflow-hidden border-r border-line bg-sunken py-2">
          {value.split('\n').map((_, at) => (
            <div
              key={at}
              className={cx(
                'pr-2 text-right',
                wrong.has(at + 1)
                  ? 'bg-failed-soft font-semibold text-failed-ink'
                  : doubted.has(at + 1)
                    ? 'bg-degraded-soft font-semibold text-degraded-ink'
                    : 'text-ink-3',
              )}
            >
              {at + 1}
            </div>
          ))}
        </div>
        <textarea
          ref={area}
          aria-label={label}
          aria-invalid={wrong.size > 0 ? true : undefined}
          aria-describedby={id}
          value={value}
          wrap="off"
          spellCheck={false}
          className="scroll-y min-w-0 flex-1 resize-none bg-raised px-3 py-2 leading-5 whitespace-pre text-ink focus-visible:-outline-offset-2"
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      </div>
      <div id={id} role="status" className="max-h-28 shrink-0 overflow-y-auto border-t border-line px-4 py-2 text-sm">
        {problems.length === 0 ? (
          <p className="text-local-ink">{t('policyFine')}</p>
        ) : (
          <ul className="flex flex-col gap-1">
            {problems.map((problem) => (
              <li
                key={`${problem.line}-${problem.text}`}
                className={problem.warning === true ? 'text-degraded-ink' : 'text-failed-ink'}
              >
                <button
                  type="button"
                  className="mr-2 rounded-sm font-semibold underline"
                  onClick={() => {
                    goTo(problem.line);
                  }}
                >
                  {t('policyLine', { value: problem.line })}
                </button>
                {said(problem.text)}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
