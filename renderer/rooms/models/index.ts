import { Boxes } from 'lucide-react';
import { lazy } from 'react';

export const navKey = 'models';
export const path = '/models';
export const icon = Boxes;
export const Component = lazy(() => import('./models.tsx').then((room) => ({ default: room.Models })));
