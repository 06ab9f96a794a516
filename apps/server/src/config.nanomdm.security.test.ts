import { describe, expect, test } from 'vitest';
import { ConfigRefused, readConfig } from './config.ts';

const whole = {
  KEYHAVEN_NANOMDM_URL: 'https://nanomdm.example.com',
  KEYHAVEN_NANOMDM_DEVICE_URL: 'https://nanomdm.example.com/mdm',
  KEYHAVEN_NANOMDM_API_KEY: 'a key of the API, made up',
  KEYHAVEN_NANOMDM_WEBHOOK_KEY: 'a key of the webhook, made up',
};

function problemsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigRefused) return error.problems;
    throw error;
  }
}

describe('NanoMDM', () => {
  test('is off unless it is set', () => {
    expect(readConfig({}).nanoMdm).toBeNull();
  });

  test('keeps recovery keys out of its queue unless that is allowed', () => {
    expect(readConfig(whole).nanoMdm?.rotationAllowed).toBe(false);
    expect(readConfig({ ...whole, KEYHAVEN_NANOMDM_ALLOW_ROTATION: '1' }).nanoMdm?.rotationAllowed).toBe(
      true,
    );
  });

  test.each(Object.keys(whole))('without %s is refused', (name) => {
    expect(problemsOf({ ...whole, [name]: undefined })).toEqual([`${name} is missing.`]);
  });

  test('with nothing but the allowance is refused', () => {
    expect(problemsOf({ KEYHAVEN_NANOMDM_ALLOW_ROTATION: '1' })).toHaveLength(4);
  });

  test.each([
    ['KEYHAVEN_NANOMDM_URL', 'http://nanomdm.example.com'],
    ['KEYHAVEN_NANOMDM_DEVICE_URL', 'http://nanomdm.example.com/mdm'],
    ['KEYHAVEN_NANOMDM_DEVICE_URL', 'https://nanomdm.example.com/mdm?tenant=1'],
    ['KEYHAVEN_NANOMDM_WEBHOOK_KEY', 'too short'],
    ['KEYHAVEN_NANOMDM_ALLOW_ROTATION', 'yes'],
  ])('%s = %s is refused, without its value in the words', (name, value) => {
    const problems = problemsOf({ ...whole, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
    expect(problems[0]).not.toContain(value);
  });
});
