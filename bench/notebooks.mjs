// The notebooks that the benchmarks run on, as nbformat 4.5 values.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a notebook of `[tag or null, source]` cells and returns its path. */
export function write(path, cells) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(notebook(cells)));
  return path;
}

export const notebook = cells => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {
    kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' },
    language_info: { name: 'python' }
  },
  cells: cells.map(([tag, source], at) => ({
    cell_type: 'code',
    id: `cell-${at + 1}`,
    metadata: tag ? { tags: [tag] } : {},
    source,
    execution_count: null,
    outputs: []
  }))
});

/**
 * 500 code cells in 100 steps, written as data scientists do: imports, functions that read globals, frames changed in
 * place, loops, comprehensions, figures. Each step takes from the one before and from one further back.
 */
export function large(steps = 100) {
  const cells = [];
  for (let k = 0; k < steps; k++) cells.push(...(k === 0 ? opening : largeStep(k)));
  return cells;
}

const opening = [
  [
    'setup',
    'import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt\nfrom sklearn.linear_model import Ridge'
  ],
  [null, 'SEED = 7\nROWS = 10_000\npd.set_option("display.max_rows", 20)'],
  ['parameters', 'alpha = 0.5  # strength of the penalty\nrounds = 3'],
  [
    'step:s0',
    'rng = np.random.default_rng(SEED)\nframe_0 = pd.DataFrame({"x": rng.normal(size=ROWS), "y": rng.normal(size=ROWS)})'
  ],
  [null, 'scores_0 = {}\nmodel_0 = Ridge(alpha=alpha).fit(frame_0[["x"]], frame_0["y"])\nframe_0.head()']
];

function largeStep(k) {
  const far = Math.floor(k / 2);
  return [
    [
      `step:s${k}`,
      `frame_${k} = frame_${k - 1}.copy()\nframe_${k}["z${k}"] = frame_${k}["x"].rolling(${k + 1}).mean().fillna(0)\n` +
        `frame_${k}.loc[frame_${k}["y"] > alpha, "y"] = alpha\nframe_${k}.head()`
    ],
    [
      null,
      `def score_${k}(frame, columns=("x", "y")):\n    """Fits and scores; reads the notebook's alpha."""\n    total = 0.0\n` +
        `    for name in columns:\n        part = frame[name].to_numpy()\n        if part.std() == 0:\n            continue\n` +
        `        total += float(np.abs(part - part.mean()).mean()) * alpha\n    return total / max(len(columns), 1)`
    ],
    [
      null,
      `scores_${k} = {**scores_${far}, "s${k}": score_${k}(frame_${k})}\nbest_${k} = max(scores_${k}, key=scores_${k}.get)\n` +
        `history_${k} = [(name, round(value, 3)) for name, value in sorted(scores_${k}.items()) if value > 0]`
    ],
    [
      null,
      `fig, ax = plt.subplots(figsize=(6, 3))\nax.plot(frame_${k}["x"].cumsum(), label=f"step ${k}: {best_${k}}")\n` +
        `ax.set_title("Cumulated x")\nax.legend()\nplt.show()`
    ],
    [
      null,
      `model_${k} = Ridge(alpha=alpha + ${k}).fit(frame_${k}[["x"]], frame_${k}["y"])\nfor _ in range(rounds):\n` +
        `    scores_${k}["ridge"] = scores_${k}.get("ridge", 0) + model_${k}.coef_[0]\nprint(f"{best_${k}}: {scores_${k}[best_${k}]:.3f}")`
    ]
  ];
}

/** A step that starts the chain (and warms the engine up), then `length` trivial ones, each reading the one before. */
export function chain(length, libraries) {
  const head = libraries ? 'import numpy as np\nimport pandas as pd\nfrom sklearn import metrics' : 'START = 0';
  const use = libraries ? 'np.ones(3).sum() + len(pd.DataFrame({"a": [1]})) + metrics.accuracy_score([1], [1])' : '1';
  const cells = [
    ['setup', head],
    ['step:s0', `x0 = ${use}`]
  ];
  for (let k = 1; k <= length; k++) cells.push([`step:s${k}`, `x${k} = x${k - 1} + ${use}`]);
  return cells;
}

/** Three steps as in a first pipeline: data, model, score. */
export const three = [
  ['setup', 'import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression'],
  [
    'step:load',
    'rng = np.random.default_rng(0)\ndata = pd.DataFrame(rng.normal(size=(5000, 5)), columns=list("abcde"))\ndata["y"] = (data["a"] + data["b"] > 0).astype(int)\ndata.head()'
  ],
  ['step:train', 'model = LogisticRegression().fit(data[list("abcde")], data["y"])\nmodel'],
  ['step:score', 'accuracy = float(model.score(data[list("abcde")], data["y"]))\nprint(accuracy)']
];

/** Two branches of `work` rounds of pure Python each; `joined` makes the second one wait for the first. */
export const branches = (work, joined) => [
  ['setup', `WORK = ${work}`],
  ['step:left', 'left = 0\nfor i in range(WORK):\n    left += i % 7'],
  ['step:right', `right = ${joined ? 'left * 0' : '0'}\nfor j in range(WORK):\n    right += j % 7`],
  ['step:both', 'print(left + right)']
];
