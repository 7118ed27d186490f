import { createLayout } from './layout.ts';
import type { Anchor, Layout, Span } from './layout.ts';
import { moved } from './rest.ts';

const OVERSCAN_PX = 500;
const AT_END_PX = 32;
/** Free space above the first message and below the last. */
const PAD_TOP_PX = 16;
const PAD_END_PX = 20;
const IDLE_MS = 160;

export interface ScrollerElements {
  readonly view: HTMLElement;
  /** As high as everything. */
  readonly canvas: HTMLElement;
  /** Holds what is drawn, placed inside the canvas. */
  readonly drawn: HTMLElement;
}

export interface Scroller {
  readonly layout: Layout;
  attach(elements: ScrollerElements): () => void;
  /** After heights or rows changed: keeps the reader's place, or the end, and tells what to draw. */
  commit(): void;
  span(): Span | null;
  following(): boolean;
  follow(): void;
  /** Brings a message into view, a little below the top. */
  reveal(index: number, part?: number): void;
  /** Another conversation: all measurements are void. */
  reset(): void;
}

export interface ScrollerEvents {
  readonly onSpan: (span: Span | null, now: boolean) => void;
  readonly onFollowing: (following: boolean) => void;
}

/**
 * Owns the scroll position. A reader's place is an anchor in the text, never a number of pixels, so nothing above or below
 * can move it. While a person is scrolling, corrections go into `drift` (the drawn part is shifted) and are paid back when
 * the wheel rests: setting scrollTop under a moving wheel would stop it.
 */
export function createScroller(events: ScrollerEvents): Scroller {
  const layout = createLayout();
  let elements: ScrollerElements | null = null;
  let anchor: Anchor | null = null;
  let follow = true;
  let drift = 0;
  let expected = -1;
  let scrolledAt = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let span: Span | null = null;
  let viewHeight = 0;
  // Where the view is, as last heard: reading it from the element would force a layout in the middle of a frame.
  let top = 0;

  const setFollow = (next: boolean): void => {
    if (follow === next) return;
    follow = next;
    events.onFollowing(next);
  };

  const height = (): number => PAD_TOP_PX + layout.total() + PAD_END_PX;

  const setTop = (wanted: number): void => {
    if (elements === null) return;
    drift = 0;
    const next = Math.min(Math.max(0, wanted), Math.max(0, height() - viewHeight));
    if (Math.abs(next - top) >= 1) {
      elements.view.scrollTop = next;
      top = next;
    }
    expected = top;
  };

  const sizes = (): void => {
    if (elements === null) return;
    const style = `${height()}px`;
    if (elements.canvas.style.height !== style) elements.canvas.style.height = style;
  };

  const place = (): void => {
    if (elements === null) return;
    const at = PAD_TOP_PX + (span === null ? 0 : layout.offset(span.from.index, span.from.part));
    const style = `${at - drift}px`;
    if (elements.drawn.style.top !== style) elements.drawn.style.top = style;
  };

  const look = (now: boolean): void => {
    if (elements === null) return;
    const y = top + drift - PAD_TOP_PX;
    const next = layout.span(y - OVERSCAN_PX, y + viewHeight + OVERSCAN_PX);
    if (sameSpan(span, next)) return;
    span = next;
    events.onSpan(next, now);
  };

  const settle = (): void => {
    if (drift === 0 || elements === null) return;
    setTop(top + drift);
    place();
  };

  const commit = (): void => {
    if (elements === null) return;
    sizes();
    const moving = performance.now() - scrolledAt < IDLE_MS;
    if (follow) setTop(Math.max(0, height() - viewHeight));
    else if (anchor !== null) {
      const wanted = PAD_TOP_PX + layout.offset(anchor.index, anchor.part) + anchor.dy;
      if (moving) drift = wanted - top;
      else setTop(wanted);
    }
    look(false);
    place();
  };

  const onScroll = (): void => {
    if (elements === null) return;
    top = elements.view.scrollTop;
    if (Math.abs(top - expected) < 1) return;
    expected = top;
    // A view that has just grown is moved by the browser before anybody says that it grew.
    viewHeight = elements.view.clientHeight;
    scrolledAt = performance.now();
    moved();
    const atTop = top <= 0 && drift !== 0;
    const y = atTop ? 0 : top + drift;
    if (atTop) drift = 0;
    const at = layout.anchorAt(Math.max(0, y - PAD_TOP_PX));
    // Above the first message there is still the free space.
    anchor = y < PAD_TOP_PX ? { index: 0, part: 0, dy: y - PAD_TOP_PX } : at;
    setFollow(y + viewHeight >= height() - AT_END_PX);
    look(true);
    place();
    clearTimeout(idle);
    idle = setTimeout(settle, IDLE_MS);
  };

  return {
    layout,
    attach(next) {
      elements = next;
      viewHeight = next.view.clientHeight;
      const resized = new ResizeObserver(() => {
        viewHeight = next.view.clientHeight;
        commit();
      });
      resized.observe(next.view);
      next.view.addEventListener('scroll', onScroll, { passive: true });
      commit();
      return () => {
        resized.disconnect();
        clearTimeout(idle);
        next.view.removeEventListener('scroll', onScroll);
        elements = null;
      };
    },
    commit,
    span: () => span,
    following: () => follow,
    follow() {
      anchor = null;
      setFollow(true);
      commit();
    },
    reveal(index, part = 0) {
      setFollow(false);
      anchor = { index, part, dy: -56 };
      scrolledAt = 0;
      commit();
    },
    reset() {
      layout.resize(0, () => 0);
      anchor = null;
      drift = 0;
      span = null;
      setFollow(true);
      events.onSpan(null, false);
    },
  };
}

const sameSpan = (a: Span | null, b: Span | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.from.index === b.from.index &&
    a.from.part === b.from.part &&
    a.to.index === b.to.index &&
    a.to.part === b.to.part);
