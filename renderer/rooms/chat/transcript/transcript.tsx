import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { liveTurns } from '../../../link/index.ts';
import { Button, ErrorState, Skeleton } from '../../../kit/index.ts';
import { MessageRows } from '../parts/message-rows.tsx';
import { text as words } from '../text.ts';
import { docOf } from './doc.ts';
import { estimateBlock, estimateMessage, partEstimates, SKELETON_PX } from './estimate.ts';
import type { Span } from './layout.ts';
import { createScroller } from './scroller.ts';
import type { Scroller } from './scroller.ts';
import type { Thread } from './thread.ts';

interface TranscriptProps {
  readonly thread: Thread;
  /** Message to bring into view; handed back once done. */
  readonly target: { readonly index: number; readonly messageId: string } | null;
  readonly onTargetShown: () => void;
}

/** Gives every message in reach its parts, and keeps their number right while text arrives. */
function syncParts(thread: Thread, scroller: Scroller, ids: Map<number, string>, span: Span | null): void {
  const { layout } = scroller;
  if (layout.count !== thread.total()) layout.resize(thread.total(), (index) => estimateAt(thread, index));
  if (span === null) return;
  for (let index = span.from.index; index <= Math.min(span.to.index, layout.count - 1); index++) {
    const message = thread.at(index);
    if (message === undefined) continue;
    const live = message.status === 'streaming' || message.status === 'queued';
    const text = live ? (liveTurns.peek(message.turnId)?.text ?? message.text) : message.text;
    const blocks = docOf(message.id).update(text, !live);
    const known = layout.parts(index);
    if (known === undefined || ids.get(index) !== message.id) {
      ids.set(index, message.id);
      layout.setParts(index, partEstimates(blocks));
    } else if (known.length !== blocks.length + 2) {
      const foot = known.at(-1) ?? 0;
      const kept = known.slice(0, Math.min(known.length - 1, blocks.length + 1));
      const added = blocks.slice(kept.length - 1).map(estimateBlock);
      layout.setParts(index, [...kept, ...added, foot]);
    }
  }
}

/** One map for each scroller: positions of one mean nothing to another. */
const idsOf = (scroller: Scroller): Map<number, string> => {
  const found = idMaps.get(scroller) ?? new Map<number, string>();
  idMaps.set(scroller, found);
  return found;
};
const idMaps = new WeakMap<Scroller, Map<number, string>>();

const estimateAt = (thread: Thread, index: number): number => {
  const message = thread.at(index);
  return message === undefined ? SKELETON_PX : estimateMessage(message.text);
};

/** The conversation: history and live text in one window over all messages. */
export function Transcript({ thread, target, onTargetShown }: TranscriptProps): ReactNode {
  const t = words.useText();
  const view = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const drawn = useRef<HTMLDivElement>(null);
  const [span, setSpan] = useState<Span | null>(null);
  const [following, setFollowing] = useState(true);
  const [, setFrame] = useState(0);
  const version = useSyncExternalStore(thread.subscribe, thread.version);

  const scroller = useMemo(
    () =>
      createScroller({
        onSpan: (next, now) => {
          if (next !== null) thread.ensure(next.from.index - 20, next.to.index + 20);
          if (now) flushSync(() => setSpan(next));
          else setSpan(next);
        },
        onFollowing: setFollowing,
      }),
    [thread],
  );

  // Whose parts the layout holds at an index: another branch puts other messages there.
  const ids = useMemo(() => idsOf(scroller), [scroller]);

  const sizes = useMemo(
    () =>
      new ResizeObserver((entries) => {
        let changed = false;
        for (const { target: element, borderBoxSize } of entries) {
          if (!(element instanceof HTMLElement) || !element.isConnected) continue;
          const [index, part] = [Number(element.dataset['index']), Number(element.dataset['part'])];
          if (ids.get(index) !== element.dataset['message']) continue;
          changed = scroller.layout.measure(index, part, borderBoxSize[0]?.blockSize ?? 0) || changed;
        }
        if (changed) scroller.commit();
      }),
    [scroller, ids],
  );
  useEffect(() => () => sizes.disconnect(), [sizes]);
  const measure = useCallback(
    (element: HTMLElement | null) => {
      if (element === null) return undefined;
      sizes.observe(element);
      return () => sizes.unobserve(element);
    },
    [sizes],
  );

  useLayoutEffect(() => {
    if (view.current === null || canvas.current === null || drawn.current === null) return undefined;
    return scroller.attach({ view: view.current, canvas: canvas.current, drawn: drawn.current });
  }, [scroller]);

  // Live text: one frame, one look. Only what is in the window is drawn; the rest only changes the height.
  const liveKey = thread
    .live()
    .map((message) => message.turnId)
    .join(' ');
  useEffect(() => {
    if (liveKey === '') return undefined;
    const stops = liveKey.split(' ').map((turnId) => liveTurns.watch(turnId, () => setFrame((n) => n + 1)));
    return () => stops.forEach((stop) => stop());
  }, [liveKey]);

  // Idempotent: the layout is a cache of what this render shows.
  syncParts(thread, scroller, ids, span);
  useLayoutEffect(() => scroller.commit());

  const lastId = thread.at(thread.total() - 1)?.id;
  const sentHere = thread.live().some((message) => message.id === lastId);
  useLayoutEffect(() => {
    if (sentHere) scroller.follow();
  }, [lastId, sentHere, scroller]);

  useEffect(() => {
    if (target === null || thread.total() === 0) return;
    scroller.reveal(target.index);
    onTargetShown();
  }, [target, scroller, thread, onTargetShown, version]);

  const fault = thread.fault();
  if (fault !== null && thread.total() === 0) {
    return (
      <ErrorState
        text={t('loadFailed', { detail: fault.detail })}
        onRetry={() => void thread.open()}
        className="flex-1"
      />
    );
  }
  return (
    <div className="relative min-h-0 flex-1">
      <div ref={view} className="chat-view absolute inset-0 scroll-y" tabIndex={0} data-testid="transcript-view">
        <div ref={canvas} role="log" aria-label={t('conversation')} aria-live="off" className="relative">
          <div ref={drawn} className="absolute inset-x-0">
            {thread.loading() && thread.total() === 0 && (
              <Skeleton lines={6} className="mx-auto mt-8 max-w-[67ch] px-6" />
            )}
            <Drawn thread={thread} scroller={scroller} span={span} measure={measure} />
          </div>
        </div>
      </div>
      {!following && (
        <Button
          icon={ArrowDown}
          className="absolute bottom-3 left-1/2 -translate-x-1/2 shadow-pop"
          onClick={() => {
            scroller.follow();
            view.current?.focus();
          }}
        >
          {t('jumpToLatest')}
        </Button>
      )}
    </div>
  );
}

/** Messages looked back through for a reply that had a model. */
const LOOK_BACK = 20;

/** Who answered last before this message; replies that failed before a model was asked do not count. */
function modelBefore(thread: Thread, index: number): string | null {
  for (let at = index - 1; at >= Math.max(0, index - LOOK_BACK); at--) {
    const modelId = thread.at(at)?.reply?.modelId ?? null;
    if (modelId !== null) return modelId;
  }
  return null;
}

interface DrawnProps {
  readonly thread: Thread;
  readonly scroller: Scroller;
  readonly span: Span | null;
  readonly measure: (element: HTMLElement | null) => (() => void) | undefined;
}

function Drawn({ thread, scroller, span, measure }: DrawnProps): ReactNode {
  if (span === null) return null;
  const rows: ReactNode[] = [];
  const total = thread.total();
  for (let index = span.from.index; index <= Math.min(span.to.index, total - 1); index++) {
    const message = thread.at(index);
    if (message === undefined) {
      rows.push(
        <div
          key={`gap-${index}`}
          aria-busy
          style={{ height: SKELETON_PX }}
          className="mx-auto max-w-[calc(67ch+3rem)] px-6 pt-6"
        >
          <span className="block h-4 w-2/3 rounded-sm bg-hover" />
          <span className="mt-3 block h-4 w-1/2 rounded-sm bg-hover" />
        </div>,
      );
      continue;
    }
    const parts = scroller.layout.parts(index)?.length ?? 2 + docOf(message.id).blocks().length;
    const from = index === span.from.index ? Math.min(span.from.part, parts - 1) : 0;
    const to = index === span.to.index ? Math.min(span.to.part, parts - 1) : parts - 1;
    const live = message.status === 'streaming' || message.status === 'queued';
    const doc = docOf(message.id);
    rows.push(
      <MessageRows
        key={message.id}
        thread={thread}
        message={message}
        index={index}
        total={total}
        from={from}
        to={to}
        doc={doc}
        blocks={doc.blocks()}
        live={live ? liveTurns.peek(message.turnId) : null}
        previousModelId={message.role === 'assistant' ? modelBefore(thread, index) : null}
        measure={measure}
      />,
    );
  }
  return rows;
}
