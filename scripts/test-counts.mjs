// How many tests passed, failed and were skipped, from the report files of the test runners.
import { existsSync, readFileSync } from 'node:fs';

/** A check that passes or fails as a whole. */
export const wholeCounts = code => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 });

export function jestCounts(file, code) {
  if (!existsSync(file)) return wholeCounts(code || 1);
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return atLeastOne(code, {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests
  });
}

export function pytestCounts(file, code) {
  if (!existsSync(file)) return wholeCounts(code || 1);
  const suite = readFileSync(file, 'utf8').match(/<testsuite [^>]*>/)?.[0] ?? '';
  const count = name => Number(suite.match(new RegExp(`\\b${name}="(\\d+)"`))?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  return atLeastOne(code, { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped') });
}

/** Node's own test runner: its JUnit report ends with the sums as comments. */
export function nodeCounts(file, code) {
  if (!existsSync(file)) return wholeCounts(code || 1);
  const text = readFileSync(file, 'utf8');
  const count = name => Number(text.match(new RegExp(`<!-- ${name} (\\d+) -->`))?.[1] ?? 0);
  const [failed, skipped] = [count('fail') + count('cancelled'), count('skipped') + count('todo')];
  return atLeastOne(code, { passed: count('pass'), failed, skipped });
}

/** A runner that exits with an error has failed, whatever it counted (a crash after the last test, no test found). */
function atLeastOne(code, counts) {
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
