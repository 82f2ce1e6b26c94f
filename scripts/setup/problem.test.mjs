import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain, installProblem } from './problem.mjs';

const cases = [
  ['npm error code ENOTFOUND\nnpm error network request failed', /was not reached/],
  ['Failed to establish a new connection: [Errno -3] Temporary failure in name resolution', /was not reached/],
  ['OSError: [Errno 28] No space left on device', /disk is full/],
  ['error: subprocess-exited-with-error', /could not be installed\.$/]
];

for (const [output, message] of cases) {
  test(`an installer that says "${output.split('\n')[0]}"`, () => {
    assert.match(installProblem('The packages', 'registry', output).message, message);
  });
}

test('a problem is told with what the command said and what to do', () => {
  const text = explain(installProblem('The packages', 'registry', 'line one\nENOTFOUND'));
  assert.match(text, /\| line one\n.*\| ENOTFOUND\n.*was not reached.*\n {2}Check the network/);
});
