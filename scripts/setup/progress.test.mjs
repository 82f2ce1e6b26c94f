import assert from 'node:assert/strict';
import { test } from 'node:test';
import { npmDoing, pipDoing, Progress } from './progress.mjs';

const pip = [
  ['Collecting numpy==2.4.6 (from -r requirements/dev.txt (line 40))', 'looking for numpy'],
  ['Collecting ipython', 'looking for ipython'],
  [
    '  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.whl.metadata (6.1 kB)',
    'fetching numpy 2.4.6 (6.1 kB)'
  ],
  ['Downloading scikit_learn-1.8.0-cp311-cp311-linux_x86_64.whl (8.9 MB)', 'fetching scikit_learn 1.8.0 (8.9 MB)'],
  ['  Using cached six-1.17.0-py2.py3-none-any.whl (11 kB)', 'fetching six 1.17.0 (11 kB)'],
  ['  Building wheel for thing (pyproject.toml): started', 'building thing'],
  ['Installing collected packages: a, b, c', 'installing 3 packages'],
  ['Successfully installed a-1', null],
  ['', null]
];
for (const [line, doing] of pip) test(`pip says "${line}"`, () => assert.equal(pipDoing(line), doing));

test("npm's packages are counted, wherever its registry is", () => {
  const doing = npmDoing();
  assert.equal(doing('npm http fetch GET 200 https://registry.test/wrap-ansi 31ms (cache updated)'), null);
  assert.equal(
    doing('npm http fetch GET 200 https://registry.test/wrap-ansi/-/wrap-ansi-8.1.0.tgz 5ms (cache hit)'),
    'fetching wrap-ansi (1)'
  );
  assert.equal(
    doing('npm http fetch GET 200 https://mirror.test/a/b/@swc/core/-/core-1.16.22.tgz 51ms'),
    'fetching @swc/core (2)'
  );
  assert.equal(doing('added 299 packages in 32s'), null);
});

const stream = more => ({ text: '', write: text => void (paper.text += text), ...more });
let paper;

test('in a log what is done is a line of its own, without control characters', () => {
  paper = stream({});
  const progress = new Progress(paper, {});
  const done = progress.begin('Python packages (3.11.2; a while)');
  done.doing('fetching pandas');
  done.doing(null);
  progress.tell();
  done('installed');
  assert.match(
    paper.text,
    /^set-up: Python packages \(3\.11\.2; a while\) …\nset-up: Python packages: fetching pandas, 0 s\nset-up: Python packages: installed, 0\.\d s\n$/
  );
});

test('in a terminal it is one line that is replaced, no wider than the terminal, and gone at the end', () => {
  paper = stream({ isTTY: true, columns: 40 });
  const progress = new Progress(paper, {});
  const [one, two] = [progress.begin('npm packages'), progress.begin('Python packages')];
  two.doing('installing 80 packages');
  progress.tell();
  const live = paper.text.split('\r').at(-1);
  assert.ok(live.startsWith('set-up: npm packages: 0 s · '));
  assert.ok(live.replace('\x1b[K', '').length < 40);
  one('installed');
  two('installed');
  assert.match(
    paper.text,
    /\r\x1b\[Kset-up: npm packages: installed, 0\.\d s\nset-up: Python packages: installed, 0\.\d s\n$/
  );
});

test('a terminal that cannot go back gets lines', () => {
  paper = stream({ isTTY: true });
  const progress = new Progress(paper, { TERM: 'dumb' });
  const done = progress.begin('build');
  progress.tell();
  done('done');
  assert.doesNotMatch(paper.text, /[\r\x1b]/);
});
