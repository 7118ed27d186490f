import { Waypoints } from 'lucide-react';
import { lazy } from 'react';

export const navKey = 'traces';
export const path = '/traces';
export const icon = Waypoints;
export const Component = lazy(() => import('./traces.tsx').then((room) => ({ default: room.Traces })));
