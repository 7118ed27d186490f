import { createRoot } from 'react-dom/client';
import { waitForPort } from '../link/index.ts';
import { Frame } from './frame.tsx';
import { startRouter } from './router.ts';

waitForPort(window);
startRouter();
const root = document.getElementById('root');
if (root) createRoot(root).render(<Frame />);
