import { join } from 'node:path';
import { serve } from '../../scripts/serve.mjs';
import { inScratch, median, timed } from '../measure.mjs';

const LISTS = [
  ['metric=auc%3E0.1', 'nine of ten have it'],
  ['metric=auc%3E0.98', 'one of fifty has it'],
  ['metric=auc%3E0.9999', 'ten have it'],
  ['metric=auc%3E2', 'none has it'],
  ['metric=old%3E0.1', 'only old runs have it'],
  ['metric=auc%3E0.5&parameter=depth%3D3&state=succeeded', 'with a parameter and a state'],
  ['metric=auc%3E0.5&sort=-metric:auc', 'sorted by it'],
  ['metric=auc%3E0.5&sort=-took', 'sorted by time taken'],
  ['metric=auc%3E0.5&experiment=experiment%207', 'in an experiment']
];

/** First pages of 100,000 runs, as a client on the same machine gets them; and a page deep inside. */
export function runs(tools) {
  return inScratch(async folder => {
    const data = join(folder, 'data');
    await (await serve(tools.cellway, data)).stop();
    timed(tools.node, [join(tools.root, 'bench', 'fill-store.mjs'), join(data, 'cellway.db'), '100000']);
    const bridge = await serve(tools.cellway, data);
    try {
      const rows = [];
      for (const [query, what] of LISTS) rows.push(await list(bridge, query, what));
      rows.push(await list(bridge, 'name=no+such+name', 'a name that none has', '/runs', 0.1));
      let cursor = '';
      for (let pages = 0; pages < 100; pages++)
        cursor = `&cursor=${(await bridge.call(`/runs?limit=500&metric=auc%3E0.1${cursor}`)).next}`;
      rows.push(await list(bridge, `metric=auc%3E0.1${cursor}`, 'after 50,000'));
      rows.push(await list(bridge, '', 'experiments', '/experiments', 0.1));
      rows.push(await list(bridge, '', 'names of metrics', '/metrics', 0.1));
      return rows;
    } finally {
      await bridge.stop();
    }
  });
}

async function list(bridge, query, what, path = '/runs', target = 0.02) {
  const times = [];
  let items = [];
  for (let turn = 0; turn < 25; turn++) {
    const start = performance.now();
    items = (await bridge.call(`${path}?${query}`)).items;
    times.push((performance.now() - start) / 1000);
  }
  const measured = median(times);
  return {
    name: `100,000 runs: ${what}`,
    measured,
    than: `${items.length} of them`,
    target: `≤ ${target * 1000} ms`,
    reached: measured <= target
  };
}
