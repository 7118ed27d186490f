import { useId } from 'react';
import { TONE_DRAW } from './badge.tsx';
import type { Tone } from './badge.tsx';
import { cx } from './cx.ts';
import { kitText } from './text.ts';

/** One candidate or attempt, in the order it was looked at. */
export interface RouteStop {
  readonly name: string;
  /** `passed` = the line went through here and switched away; `chosen` = the one that answered. */
  readonly state: 'rejected' | 'passed' | 'chosen';
  /** Why not; required for all but `chosen`. */
  readonly reason?: string;
  readonly tone: Tone;
}

export interface RouteLineProps {
  readonly stops: readonly RouteStop[];
  /** Colour of the line that goes through. */
  readonly tone: Tone;
  readonly size?: 'sm' | 'lg';
  /** Still travelling: the end of the line is open. */
  readonly live?: boolean;
  readonly className?: string;
}

const SIZES = {
  sm: { width: 120, height: 16, gap: 16, rise: 5, stroke: 1.5, dot: 2.5 },
  lg: { width: 480, height: 56, gap: 56, rise: 16, stroke: 2.5, dot: 5 },
} as const;

/** The signature drawing: rejected candidates as short sidings, a notch where it switched, the chosen line through. */
export function RouteLine({ stops, tone, size = 'sm', live = false, className }: RouteLineProps) {
  const t = kitText.useText();
  const titleId = useId();
  const s = SIZES[size];
  const mid = s.height / 2;
  const shown = stops.slice(0, size === 'sm' ? 5 : 8);
  const say = (stop: RouteStop): string =>
    stop.state === 'chosen'
      ? t('routeChosen', { name: stop.name })
      : t(stop.state === 'passed' ? 'routeFailed' : 'routeRejected', { name: stop.name, reason: stop.reason ?? '' });
  const words = stops.map(say).join('; ');
  const step = Math.min(s.gap, (s.width - 2 * s.dot) / Math.max(1, shown.length));
  const endX = s.width - s.dot;
  return (
    <svg
      role="img"
      aria-labelledby={titleId}
      viewBox={`0 0 ${s.width} ${s.height}`}
      width={s.width}
      height={s.height}
      className={cx('shrink-0 overflow-visible', className)}
      fill="none"
      strokeLinecap="round"
      strokeWidth={s.stroke}
    >
      <title id={titleId}>{words}</title>
      <g className={TONE_DRAW[tone]} stroke="currentColor">
        <circle cx={s.dot} cy={mid} r={s.dot} fill="currentColor" stroke="none" />
        <path
          d={`M${s.dot * 2} ${mid}H${endX - s.dot}`}
          {...(live ? { strokeDasharray: `${s.stroke} ${s.stroke * 3}` } : {})}
        />
        <circle
          cx={endX}
          cy={mid}
          r={s.dot - s.stroke / 2}
          className={live ? 'animate-wait' : ''}
          fill={live ? 'none' : 'currentColor'}
        />
      </g>
      {shown.map((stop, index) => {
        const x = s.dot * 2 + (index + 0.35) * step;
        if (stop.state === 'chosen') return null;
        const up = index % 2 === 0 ? -1 : 1;
        const tipX = x + s.rise * 1.2;
        const tipY = mid + up * s.rise;
        const passed = stop.state === 'passed';
        return (
          <g
            key={`${stop.name}-${index}`}
            className={passed ? TONE_DRAW[stop.tone] : 'text-ink-3 opacity-60'}
            stroke="currentColor"
          >
            <title>{say(stop)}</title>
            <path d={`M${x} ${mid - s.rise}H${tipX + s.rise}v${s.rise * 2}H${x}Z`} stroke="none" fill="transparent" />
            <path d={`M${x} ${mid}L${tipX} ${tipY}H${tipX + s.rise * 0.8}`} />
            {passed && <path d={`M${x} ${mid - s.rise * 0.7}V${mid + s.rise * 0.7}`} strokeWidth={s.stroke * 1.4} />}
            <path d={`M${tipX + s.rise * 0.8} ${tipY - s.stroke * 1.4}v${s.stroke * 2.8}`} />
          </g>
        );
      })}
    </svg>
  );
}
