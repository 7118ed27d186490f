import { ThumbsUp } from 'lucide-react';
import { lazy } from 'react';

export const navKey = 'feedback';
export const path = '/feedback';
export const icon = ThumbsUp;
export const Component = lazy(() => import('./feedback.tsx').then((room) => ({ default: room.Feedback })));
