/** Running from JupyterLab: states, errors and runs come back to the cells. */
import { Lab } from './lab';

jest.setTimeout(180_000);

const lab = new Lab();
beforeAll(() => lab.start());
afterAll(() => lab.close());
afterEach(() => expect(lab.complaints.splice(0)).toEqual([]));

test('a run turns the steps green at their cells, and a reload shows it again', async () => {
  const page = await lab.open(
    lab.notebook('fine.ipynb', [
      ['x = 20', 'step:make'],
      ['print(x + 1)', 'step:use']
    ])
  );
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const done = page.locator('.jp-Cellway-header .jp-Cellway-state[data-tone="ok"]');
  await done.nth(1).waitFor();
  expect(await done.allTextContents()).toEqual([expect.stringMatching(/^✓ /), expect.stringMatching(/^✓ /)]);
  expect(await page.locator('.jp-Cellway-nodeState').allTextContents()).toEqual(['✓', '✓']);
  await page.reload();
  await page.locator('.jp-Cellway-header .jp-Cellway-state[data-tone="ok"]').nth(1).waitFor();
  // What did not change comes from the cache, and says so.
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('⟲ from cache').nth(1).waitFor();
  expect(await page.locator('.jp-Cellway-runs li').count()).toBe(2);
});

test('an error stands under its cell with the line, and Resume runs what is left', async () => {
  const page = await lab.open(
    lab.notebook('broken.ipynb', [
      ['x = 1', 'step:make'],
      ['y = 1\nz = y / (x - 1)', 'step:divide'],
      ['print(z)', 'step:show']
    ])
  );
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const failure = page.locator('.jp-Cell').nth(1).locator('.jp-Cellway-failure');
  await failure.waitFor();
  expect(await failure.locator('.jp-Cellway-failureHead').textContent()).toBe(
    'ZeroDivisionError in line 2: division by zero'
  );
  expect(await failure.locator('.jp-mod-failed').textContent()).toContain('z = y / (x - 1)');
  expect(await page.locator('.jp-Cellway-why').textContent()).toContain('divide');
  expect(await page.locator('.jp-Cellway-header .jp-Cellway-state').nth(1).textContent()).toMatch(/^✕ failed/);
  await page.getByRole('button', { name: 'Resume' }).waitFor();
});

test('a run that takes long can be cancelled', async () => {
  const page = await lab.open(lab.notebook('slow.ipynb', [['import time\ntime.sleep(600)', 'step:wait']]));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.locator('.jp-Cell[data-cellway-running]').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('.jp-Cellway-header').getByText('cancelled').waitFor();
});
