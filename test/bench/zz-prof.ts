import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os'; import { join, resolve } from 'node:path';
import { startChild } from './api/child.ts'; import { measure, timingOf } from './api/client.ts'; import { MODEL_ID } from './api/shape.ts';
const here = import.meta.dirname; const folder = mkdtempSync(join(tmpdir(),'zzp-'));
const standIn = await startChild([join(here,'api','stand-in.ts')]);
writeFileSync(join(folder,'c.yaml'), `providers:
  - id: bench
    kind: openai-compatible
    baseUrl: ${standIn.url}/v1
    apiKey: {env: SWITCHYARD_BENCH_KEY}
    models:
      - {id: ${MODEL_ID}, contextTokens: 128000, usdPerMTokIn: 1, usdPerMTokOut: 1}
`);
process.env['SWITCHYARD_BENCH_KEY'] ??= 'bench';
const ours = await startChild([...(process.env.PROF ? ['--cpu-prof','--cpu-prof-dir',process.env.PROF,'--cpu-prof-interval','200'] : []), resolve(here,'..','..','electron','headless.ts'),'serve','--port','0','--data',join(folder,'data'),'--config',join(folder,'c.yaml')]);
const t = { name:'ours', url:`${ours.url}/v1/chat/completions`, headers:{authorization:`Bearer ${ours.token}`}, modelOf:(id:string)=>`bench/${id}` };
const d = { name:'direct', url:`${standIn.url}/v1/chat/completions`, headers:{}, modelOf:(id:string)=>id };
const C = Number(process.env.C ?? 1), N = Number(process.env.N ?? 1000);
await measure(t,{modelId:MODEL_ID,concurrent:4,calls:300}); await measure(d,{modelId:MODEL_ID,concurrent:4,calls:300});
const { execSync } = await import('node:child_process');
const cpu = () => Number(execSync(`pgrep -f 'headless.ts serve.*${folder}' | head -1 | xargs -I{} awk '{print $14+$15}' /proc/{}/stat`).toString());
const a = { samples: [], ms: 0 }, b = { samples: [], ms: 0 }; let used = 0;
for (let r=0;r<5;r++){ const c0 = cpu(); await measure(t,{modelId:MODEL_ID,concurrent:C,calls:N/5},a as any); used += cpu()-c0; await measure(d,{modelId:MODEL_ID,concurrent:C,calls:N/5},b as any); }
console.log('ours',JSON.stringify(timingOf(a as any)),'cpu ms/call',(used*10/N).toFixed(2)); console.log('direct',JSON.stringify(timingOf(b as any)));
await ours.stop(); await standIn.stop();
