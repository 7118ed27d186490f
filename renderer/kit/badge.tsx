import { Archive, Cloud, Cpu, Hand, Minus, TriangleAlert, CircleX } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

/** What a colour means. The same seven everywhere. */
export const TONES = ['local', 'cloud', 'cached', 'degraded', 'failed', 'held', 'neutral'] as const;
export type Tone = (typeof TONES)[number];

export const TONE_ICONS: Record<Tone, LucideIcon> = {
  local: Cpu,
  cloud: Cloud,
  cached: Archive,
  degraded: TriangleAlert,
  failed: CircleX,
  held: Hand,
  neutral: Minus,
};

export const TONE_TEXT: Record<Tone, string> = {
  local: 'text-local-ink',
  cloud: 'text-cloud-ink',
  cached: 'text-cached-ink',
  degraded: 'text-degraded-ink',
  failed: 'text-failed-ink',
  held: 'text-held-ink',
  neutral: 'text-ink-2',
};

/** For lines and shapes: 3:1 on every surface. Words take `TONE_TEXT`. */
export const TONE_DRAW: Record<Tone, string> = {
  local: 'text-local',
  cloud: 'text-cloud',
  cached: 'text-cached',
  degraded: 'text-degraded',
  failed: 'text-failed',
  held: 'text-held',
  neutral: 'text-line-strong',
};

export const TONE_FILL: Record<Tone, string> = {
  local: 'bg-local',
  cloud: 'bg-cloud',
  cached: 'bg-cached',
  degraded: 'bg-degraded',
  failed: 'bg-failed',
  held: 'bg-held',
  neutral: 'bg-line-strong',
};

const TONE_SOFT: Record<Tone, string> = {
  local: 'bg-local-soft',
  cloud: 'bg-cloud-soft',
  cached: 'bg-cached-soft',
  degraded: 'bg-degraded-soft',
  failed: 'bg-failed-soft',
  held: 'bg-held-soft',
  neutral: 'bg-hover',
};

export interface BadgeProps {
  readonly tone: Tone;
  readonly children: ReactNode;
  /** `soft` has a ground, `plain` has none. */
  readonly look?: 'soft' | 'plain';
  /** Left out only where the word alone says it all. */
  readonly icon?: LucideIcon | null;
  readonly className?: string;
}

/** Colour, shape and word together. */
export function Badge({ tone, children, look = 'soft', icon, className }: BadgeProps) {
  const Icon = icon === undefined ? TONE_ICONS[tone] : icon;
  return (
    <span
      className={cx(
        'inline-flex h-5 max-w-full shrink-0 items-center gap-1 rounded-sm text-xs font-medium whitespace-nowrap',
        TONE_TEXT[tone],
        look === 'soft' && cx('px-1.5', TONE_SOFT[tone]),
        className,
      )}
    >
      {Icon && <Icon size={12} aria-hidden className="shrink-0" />}
      <span className="truncate">{children}</span>
    </span>
  );
}
