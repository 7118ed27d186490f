import { Agent, request } from 'node:http';
import { quantile, rounded } from '../statistics.ts';
import { ANSWER } from './shape.ts';

/** Where to ask, and how. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Name of a model of the stand-in as this side calls it. */
  readonly modelOf: (id: string) => string;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}
/** From sending to the first piece of text, and to the end; ms. */
export interface Timing {
  readonly firstMs: Percentiles;
  readonly totalMs: Percentiles;
  readonly callsPerSecond: number;
}

interface Sample {
  readonly firstMs: number;
  readonly totalMs: number;
}

/** One streamed call, read the way the cheapest client would. Rejects when a word is missing. */
function call(target: Target, modelId: string, agent: Agent): Promise<Sample> {
  const body = JSON.stringify({
    model: target.modelOf(modelId),
    stream: true,
    messages: [{ role: 'user', content: `bench ${Math.random()}` }],
  });
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let firstMs = 0;
    const pieces: Buffer[] = [];
    const sent = request(
      target.url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...target.headers,
        },
      },
      (response) => {
        response.on('data', (piece: Buffer) => {
          if (firstMs === 0) firstMs = performance.now() - startedAt;
          pieces.push(piece);
        });
        response.on('end', () => {
          const totalMs = performance.now() - startedAt;
          const text = Buffer.concat(pieces).toString('utf8');
          const words = [...text.matchAll(/"content":"([^"]*)"/gu)].map(([, word]) => word ?? '').join('');
          if (response.statusCode !== 200 || words !== ANSWER || !text.includes('[DONE]')) {
            reject(new Error(`${target.name} answered ${String(response.statusCode)}: ${text.slice(0, 500)}`));
          } else resolve({ firstMs, totalMs });
        });
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const percentiles = (values: readonly number[]): Percentiles => ({
  p50: rounded(quantile(values, 0.5), 3),
  p99: rounded(quantile(values, 0.99), 3),
});

export interface Measured {
  readonly samples: Sample[];
  ms: number;
}

export interface Load {
  readonly modelId: string;
  readonly concurrent: number;
  readonly calls: number;
}

/** So many streamed calls, so many at once; what was measured before stays in. */
export async function measure(
  target: Target,
  { modelId, concurrent, calls }: Load,
  into: Measured = { samples: [], ms: 0 },
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrent });
  let left = calls;
  const startedAt = performance.now();
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      into.samples.push(await call(target, modelId, agent));
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrent }, worker));
  } finally {
    agent.destroy();
  }
  into.ms += performance.now() - startedAt;
}

export const timingOf = ({ samples, ms }: Measured): Timing => ({
  firstMs: percentiles(samples.map(({ firstMs }) => firstMs)),
  totalMs: percentiles(samples.map(({ totalMs }) => totalMs)),
  callsPerSecond: rounded((samples.length * 1000) / ms, 0),
});
