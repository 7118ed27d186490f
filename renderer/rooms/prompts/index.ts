import { ScrollText } from 'lucide-react';
import { lazy } from 'react';

export const navKey = 'prompts';
export const path = '/prompts';
export const icon = ScrollText;
export const Component = lazy(() => import('./prompts.tsx').then((room) => ({ default: room.Prompts })));
