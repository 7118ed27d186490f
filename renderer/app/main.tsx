import { createRoot } from 'react-dom/client';
import { said } from '../common/core-words/index.ts';
import { sayFaultsIn, waitForPort } from '../link/index.ts';
import { Frame } from './frame.tsx';
import { startRouter } from './router.ts';

sayFaultsIn(said);
waitForPort(window);
startRouter();
const root = document.getElementById('root');
if (root) createRoot(root).render(<Frame />);
