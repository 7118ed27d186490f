import { say } from '../../electron/contract/sentences/index.ts';
import { InsufficientMemoryError } from 'node-llama-cpp';
import type { FaultCode } from '../../electron/contract/faults.ts';
import { ContextFullError } from './reply.ts';

/** What an error of the library or its native code (`lastNative`, its last words) means. */
export function engineFault(error: unknown, lastNative: string): { code: FaultCode; detail: string } {
  const text = error instanceof Error ? error.message : String(error);
  const told = `${text} ${lastNative}`;
  if (error instanceof ContextFullError) return { code: 'context_length', detail: text };
  if (/KV slot/i.test(told)) {
    return {
      code: 'context_length',
      detail: say('said.engine.context'),
    };
  }
  if (
    error instanceof InsufficientMemoryError ||
    /alloc|out of memory|insufficient memory|OutOfDeviceMemory/i.test(told)
  ) {
    return {
      code: 'local_oom',
      detail: say('said.engine.memory'),
    };
  }
  if (/device lost|DeviceLost|cudaError/i.test(told)) {
    return {
      code: 'gpu_lost',
      detail: say('said.engine.gpu'),
    };
  }
  if (/failed to load model|gguf|magic|tensor|ENOENT|unknown model architecture/i.test(told)) {
    return {
      code: 'model_file_corrupt',
      detail: say('said.engine.file'),
    };
  }
  return { code: 'unknown', detail: `The engine failed: ${text.slice(0, 300)}` };
}
