import type uPlot from 'uplot';
import { formatTimeOfDay } from '../../../kit/index.ts';
import { formatMonthDay } from '../views/stretch.ts';

const DAY_MS = 86_400_000;
/** Room that the axes of a chart take, in px: moments below, values beside it. */
export const AXIS_PX = { x: 26, y: 58 } as const;

/** Charts of one dashboard show the same moment. */
export const MOVES_TOGETHER: uPlot.Cursor.Sync = {
  key: 'traces-dashboard',
  setSeries: false,
  filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
};

/** The time of day, and the day where a day begins or where marks are days apart. */
const momentLabel = (moment: number, distanceMs: number): string => {
  const at = new Date(moment);
  return distanceMs >= DAY_MS || (at.getHours() === 0 && at.getMinutes() === 0)
    ? formatMonthDay(moment)
    : formatTimeOfDay(moment);
};

/** The axis of moments below every chart over time. */
export const momentAxis = (ink: string, font: string): uPlot.Axis => ({
  stroke: ink,
  font,
  size: AXIS_PX.x,
  gap: 6,
  space: 76,
  grid: { show: false },
  ticks: { show: false },
  values: (_plot, moments, _axis, _space, distance) => moments.map((moment) => momentLabel(moment, distance)),
});
