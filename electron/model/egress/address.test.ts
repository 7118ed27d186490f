import { describe, expect, it } from 'vitest';
import { isLoopback, isNear } from './address.ts';

describe('where an address leads', () => {
  it.each([
    'http://127.0.0.1:8080/v1',
    'http://LOCALHOST',
    'http://[::1]:1',
    'http://localhost.:1',
    'http://ollama.localhost',
    'http://[::ffff:127.0.0.1]:1',
    'http://2130706433',
    'http://0x7f.1',
  ])('%s is this machine', (url) => {
    expect([isLoopback(url), isNear(url)]).toEqual([true, true]);
  });

  it.each([
    'http://0.0.0.0:8000/v1',
    'http://[::]:8000/v1',
    'http://10.1.2.3',
    'http://172.31.0.1',
    'http://192.168.1.5:8000/v1',
    'http://169.254.1.1',
    'http://100.101.1.1',
    'http://[fd00::1]',
    'http://[fe80::1]',
    'http://gpu-box:8000/v1',
    'https://gpu.local',
    'https://models.home.arpa',
    'http://printer.local.',
    'http://[::ffff:10.0.0.1]:8000',
  ])('%s is in a network of its own', (url) => {
    expect([isLoopback(url), isNear(url)]).toEqual([false, true]);
  });

  it.each([
    'https://api.openai.com/v1',
    'http://172.32.0.1',
    'http://100.128.0.1',
    'http://11.0.0.1',
    'http://[2001:db8::1]',
    'http://10.example.com',
    'http://notlocalhost.example',
    'http://localhost.example.com',
    'http://[::ffff:8.8.8.8]',
    'http://127.0.0.1.example.com',
    'not an address',
    undefined,
  ])('%s is somewhere else', (url) => {
    expect([isLoopback(url), isNear(url)]).toEqual([false, false]);
  });
});
