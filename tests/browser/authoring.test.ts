/** Tagging cells and seeing the graph follow, in a real JupyterLab. */
import type { Page } from 'playwright-core';
import { Lab } from './lab';

jest.setTimeout(180_000);

const lab = new Lab();
beforeAll(() => lab.start());
afterAll(() => lab.close());
afterEach(() => expect(lab.complaints.splice(0)).toEqual([]));

const steps = (page: Page) => page.locator('.jp-Cellway-nodeName').allTextContents();
const headers = (page: Page) => page.locator('.jp-Cellway-header .jp-Cellway-name').allTextContents();
const labels = (page: Page) => page.locator('.jp-Cellway-edgeLabel').allTextContents();
const until = async (look: () => Promise<readonly string[]>, wanted: readonly string[]) => {
  const end = Date.now() + 30_000;
  for (;;) {
    const seen = await look();
    if (JSON.stringify(seen) === JSON.stringify(wanted) || Date.now() > end) {
      expect(seen).toEqual(wanted);
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
};

test('the graph follows what is typed', async () => {
  const page = await lab.open(
    lab.notebook('typed.ipynb', [
      ['x = 1', 'step:load'],
      ['y = 2', 'step:use']
    ])
  );
  await until(() => headers(page), ['load', 'use']);
  expect(await labels(page)).toEqual([]);
  await page.locator('.jp-Cell .cm-content').nth(1).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('y = x + 1');
  await until(() => labels(page), ['x']);
  expect(await page.locator('.jp-Cellway-header').nth(1).textContent()).toContain('reads x');
  // A name that no cell defines is a problem, and the list leads to its cell.
  await page.keyboard.type(' + z');
  await page.locator('.jp-Cellway-problems li').first().waitFor();
  expect(await page.locator('.jp-Cellway-problems').textContent()).toContain('z');
});

test('cells become steps by the menu; one undo takes one action back', async () => {
  const page = await lab.open(lab.notebook('menu.ipynb', [['a = 1', 'step:one'], ['b = a'], ['c = b']]));
  await until(() => steps(page), ['one']);
  await page.locator('.jp-Cell .jp-InputPrompt').nth(1).click();
  await page
    .locator('.jp-Cell')
    .nth(1)
    .click({ button: 'right', position: { x: 30, y: 8 } });
  await page.getByText('Cellway Step').hover();
  await page.getByRole('menuitem', { name: 'New Step from Here' }).click();
  // The name can be typed at once.
  const field = page.locator('.jp-Cellway-nameField');
  await field.waitFor();
  await page.keyboard.type('two');
  await page.keyboard.press('Enter');
  await until(() => steps(page), ['one', 'two']);
  await until(() => labels(page), ['a']);
  await page.locator('.jp-Cell .jp-InputPrompt').nth(0).click();
  await page.keyboard.press('z');
  await until(() => steps(page), ['one', 'step-2']);
  await page.keyboard.press('z');
  await until(() => steps(page), ['one']);
});

test('an untagged notebook offers its steps, and one click accepts them', async () => {
  const page = await lab.open(lab.example('03-penguins.ipynb'));
  await page.getByRole('button', { name: 'Accept Proposed Steps' }).waitFor();
  const proposed = await steps(page);
  await page.getByRole('button', { name: 'Accept Proposed Steps' }).click();
  await page.locator('.jp-Cellway-proposed').waitFor({ state: 'detached' });
  await until(() => steps(page), proposed);
});

test('names and outputs of a notebook are text, never page', async () => {
  const evil = '<img src=x onerror="window.broken=1">';
  const page = await lab.open(
    lab.notebook('evil.ipynb', [
      [`x = 1`, `step:${evil}`],
      ['undefined_name', 'step:b']
    ])
  );
  await page.locator('.jp-Cellway-problems li').first().waitFor();
  expect((await headers(page))[0]).toBe(evil);
  expect(await page.evaluate('window.broken')).toBeUndefined();
  expect(await page.locator('.jp-Cellway-sidebar img, .jp-Cellway-header img').count()).toBe(0);
});
