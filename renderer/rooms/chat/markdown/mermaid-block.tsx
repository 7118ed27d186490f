import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { text as words } from '../text.ts';
import type { ChatTextKey } from '../text.ts';
import { CopyCode } from './copy-code.tsx';

/** A page of its own with its own policy; see `public/mermaid.html`. */
const FRAME_PAGE = './mermaid.html';
const MAX_CHARS = 20_000;
const TIMEOUT_MS = 30_000;
const MAX_HEIGHT_PX = 1_200;

interface DrawnMessage {
  readonly kind: 'ready' | 'drawn' | 'failed';
  readonly heightPx?: number;
}

const isDrawn = (value: unknown): value is DrawnMessage =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  (value.kind === 'ready' || value.kind === 'drawn' || value.kind === 'failed');

/** How high each was drawn: coming back into view must not move anything. */
const heights = new Map<string, number>();

const isDark = (): boolean => getComputedStyle(document.documentElement).colorScheme === 'dark';

/** A diagram, drawn by Mermaid in a page of its own that may run scripts and nothing else: no origin, no network, no parent. */
export function MermaidBlock({ source }: { readonly source: string }): ReactNode {
  const t = words.useText();
  const frame = useRef<HTMLIFrameElement>(null);
  const [heightPx, setHeightPx] = useState(() => heights.get(source) ?? 0);
  const [problem, setProblem] = useState<ChatTextKey | 'syntax' | null>(
    source.length > MAX_CHARS ? 'markdown.diagramTooLong' : null,
  );
  const [asSource, setAsSource] = useState(false);
  const shown = problem === null && !asSource;

  useEffect(() => {
    if (!shown) return undefined;
    const timer = setTimeout(() => setProblem('markdown.diagramTimeout'), TIMEOUT_MS);
    const onMessage = (event: MessageEvent<unknown>): void => {
      const target = frame.current?.contentWindow;
      if (target === null || target === undefined || event.source !== target || !isDrawn(event.data)) return;
      if (event.data.kind === 'ready') target.postMessage({ source, dark: isDark() }, '*');
      else {
        clearTimeout(timer);
        if (event.data.kind === 'failed') setProblem('syntax');
        else {
          const height = Math.min(MAX_HEIGHT_PX, Math.max(24, Number(event.data.heightPx) || 0));
          heights.set(source, height);
          setHeightPx(height);
        }
      }
    };
    window.addEventListener('message', onMessage);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('message', onMessage);
    };
  }, [shown, source]);

  return (
    <div className="md-code md-code-head md-code-foot">
      <div className="flex h-9 items-center justify-between border-b border-line pr-0.5 pl-3 text-xs text-ink-3">
        <span>{t('markdown.diagram')}</span>
        <span className="flex">
          {problem === null && (
            <button
              type="button"
              className="h-8 rounded-md px-2 text-xs text-ink-2 hover:bg-hover hover:text-ink"
              aria-pressed={asSource}
              onClick={() => {
                setAsSource(!asSource);
              }}
            >
              {asSource ? t('markdown.showDiagram') : t('markdown.showSource')}
            </button>
          )}
          <CopyCode text={() => source} />
        </span>
      </div>
      {problem !== null && (
        <p className="px-3 pt-2 text-sm text-degraded-ink">
          {t('markdown.diagramFailed', { detail: problem === 'syntax' ? '' : t(problem) })}
        </p>
      )}
      {shown ? (
        <iframe
          ref={frame}
          title={t('markdown.diagram')}
          sandbox="allow-scripts"
          referrerPolicy="no-referrer"
          src={FRAME_PAGE}
          className="md-diagram"
          style={{ height: heightPx === 0 ? 160 : heightPx }}
        />
      ) : (
        <pre className="md-pre" tabIndex={0} role="group" aria-label={t('markdown.code')}>
          <code>{source}</code>
        </pre>
      )}
    </div>
  );
}
