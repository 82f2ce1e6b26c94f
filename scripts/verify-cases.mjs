// `cellway verify --each-cell` (with tags: as tagged) on the small notebooks of tests/equivalence/cases.json. A case
// passes when the pipeline gives what the notebook gives, or where `expect` has `refused`, when it says why not.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function verifyCases(root, cellway, scratch, wanted) {
  const cases = JSON.parse(readFileSync(join(root, 'tests', 'equivalence', 'cases.json'), 'utf8'));
  let passed = 0;
  let failed = 0;
  cases.forEach((one, at) => {
    if (wanted.length > 0 && !wanted.some(part => one.title.includes(part))) return;
    const folder = join(scratch, `case-${at}`);
    mkdirSync(folder);
    const path = join(folder, 'case.ipynb');
    writeFileSync(path, JSON.stringify(notebook(one)));
    const flags = one.tags === undefined ? ['--each-cell'] : [];
    const values = (one.parameters ?? []).flatMap(value => ['-p', value]);
    const argv = ['verify', path, ...flags, ...values, '--data', join(scratch, 'data')];
    const { status, stdout, stderr } = spawnSync(cellway, argv, { encoding: 'utf8', timeout: 120_000 });
    const outcome = status === 0 ? 'same' : status === 3 ? 'refused' : 'different';
    const ok = (one.expect ?? ['same']).includes(outcome);
    process.stdout.write(`${ok ? '✓' : '✕'} ${one.title}: ${outcome}\n`);
    if (!ok) process.stdout.write(`${stdout}${stderr}exit ${status}\n`);
    if (ok) passed += 1;
    else failed += 1;
  });
  return { passed, failed };
}

function notebook({ cells, tags = [] }) {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    cells: cells.map((source, at) => ({
      cell_type: 'code',
      id: `c${at + 1}`,
      metadata: { tags: tags[at] ?? [] },
      source,
      outputs: [],
      execution_count: null
    }))
  };
}
